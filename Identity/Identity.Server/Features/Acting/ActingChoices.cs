using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Acting;

/// <summary>One for whom a person may act now.</summary>
/// <param name="Organisation">The organisation.</param>
/// <param name="Mandate">The agent's mandate; null for the legal representative.</param>
internal sealed record ActingChoice(Organisation Organisation, Mandate? Mandate);

/// <summary>For whom a person may act now: organisations whose legal representative they are, and those whose mandate they hold.</summary>
internal sealed class ActingChoices(IdentityContext database, MandateTrust trust, TimeProvider time)
{
    /// <summary>More than anybody chooses from on one page.</summary>
    private const int Most = 200;

    /// <summary>A mandate that takes a step at each look gives no power yet.</summary>
    private const int MostLooks = 4;

    public async Task<IReadOnlyList<ActingChoice>> OfAsync(Guid person, CancellationToken cancellationToken)
    {
        var own = await RepresentedAsync(person, cancellationToken);
        var held = await Held(person).Include(m => m.Organisation).OrderBy(m => m.Organisation!.Name).ThenBy(m => m.Id).Take(Most).ToListAsync(cancellationToken);
        return [.. own.Select(o => new ActingChoice(o, null)), .. held.Select(m => new ActingChoice(m.Organisation!, m))];
    }

    public Task<List<Organisation>> RepresentedAsync(Guid person, CancellationToken cancellationToken) =>
        Represented(person).OrderBy(o => o.Name).Take(Most).ToListAsync(cancellationToken);

    /// <summary>Whether there is anything to choose. Asked at each sign-in, so in one statement.</summary>
    public Task<bool> AnyAsync(Guid person, CancellationToken cancellationToken) =>
        Represented(person).Select(o => o.Id).Concat(Held(person).Select(m => m.Id)).AnyAsync(cancellationToken);

    /// <summary>Whether the person may act for the organisation now: under exactly this mandate, or as its legal representative.</summary>
    public Task<bool> StandsAsync(Guid person, Guid organisation, Guid? mandate, CancellationToken cancellationToken) => mandate is { } id
        ? Held(person).AnyAsync(m => m.Id == id && m.OrganisationId == organisation, cancellationToken)
        : Represented(person).AnyAsync(o => o.Id == organisation, cancellationToken);

    /// <summary>The mandate with its organisation and the one above, if the person holds it and it gives power now.</summary>
    public Task<Mandate?> HeldAsync(Guid person, Guid mandate, CancellationToken cancellationToken) =>
        Held(person).Include(m => m.Organisation).Include(m => m.Parent).FirstOrDefaultAsync(m => m.Id == mandate, cancellationToken);

    /// <summary>As <see cref="HeldAsync"/>, for whoever is about to honour it: null as well while its row, or that of the one above, is not what its signed records left (<see cref="MandateTrust"/>).</summary>
    public async Task<Mandate?> BelievedAsync(Guid person, Guid mandate, CancellationToken cancellationToken)
    {
        for (var look = 1; look <= MostLooks && await HeldAsync(person, mandate, cancellationToken) is { } held; look++)
        {
            if (await trust.OfAsync(held, cancellationToken) is { } believed)
            {
                return believed ? held : null;
            }
        }

        return null;
    }

    /// <summary>As <see cref="BelievedAsync"/>, where a person asks for this very mandate and is told why not.</summary>
    /// <exception cref="ProblemException">It is held, and not what its records left.</exception>
    public async Task<Mandate?> ToUseAsync(Guid person, Guid mandate, CancellationToken cancellationToken)
    {
        var believed = await BelievedAsync(person, mandate, cancellationToken);
        if (believed is null && await HeldAsync(person, mandate, cancellationToken) is not null)
        {
            throw MandateTrust.Refused.Exception();
        }

        return believed;
    }

    /// <summary>Organisations that the person represents and cannot act for while they are frozen.</summary>
    public Task<List<Organisation>> FrozenAsync(Guid person, CancellationToken cancellationToken) =>
        database.Organisations.AsNoTracking().Where(o => o.LegalRepresentativeId == person && o.EndedAt == null && o.FrozenAt != null).OrderBy(o => o.Name).Take(Most).ToListAsync(cancellationToken);

    /// <summary>Mandates that the person holds and cannot use while the organisation, or the account of one who answers for them, is frozen.</summary>
    public Task<List<Mandate>> HeldUpAsync(Guid person, CancellationToken cancellationToken) =>
        database.Mandates.AsNoTracking().Where(m => m.AgentId == person).HeldUp(database.Users, time.GetUtcNow())
            .Include(m => m.Organisation).OrderBy(m => m.Organisation!.Name).ThenBy(m => m.Id).Take(Most).ToListAsync(cancellationToken);

    private IQueryable<Organisation> Represented(Guid person) =>
        database.Organisations.AsNoTracking().Where(o => o.LegalRepresentativeId == person && o.EndedAt == null && o.FrozenAt == null);

    private IQueryable<Mandate> Held(Guid person) => database.Mandates.AsNoTracking().Where(m => m.AgentId == person).GivingPower(database.Users, time.GetUtcNow());
}
