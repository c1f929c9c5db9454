using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.Acting;

/// <summary>One for whom a person may act now.</summary>
/// <param name="Organisation">The organisation.</param>
/// <param name="Mandate">The agent's mandate; null for the legal representative.</param>
internal sealed record ActingChoice(Organisation Organisation, Mandate? Mandate);

/// <summary>For whom a person may act now: organisations whose legal representative they are, and those whose mandate they hold.</summary>
internal sealed class ActingChoices(IdentityContext database, TimeProvider time)
{
    /// <summary>More than anybody chooses from on one page.</summary>
    private const int Most = 200;

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
