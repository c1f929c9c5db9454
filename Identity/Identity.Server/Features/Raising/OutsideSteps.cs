using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>Begins what goes outside and takes it back: only for the session and subject that began it, in time, once.</summary>
internal sealed class OutsideSteps(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int LongestReturnUrl = 16_000;

    public async Task<OutsideStep> BeginAsync(
        string kind, Guid session, Guid subject, string challenge, string? reference, string? returnUrl, TimeSpan life, CancellationToken cancellationToken, int? knownNews = null)
    {
        var step = new OutsideStep
        {
            Id = Guid.NewGuid(),
            Kind = kind,
            SessionId = session,
            SubjectId = subject,
            Challenge = challenge,
            Reference = reference,
            ReturnUrl = returnUrl?.Length <= LongestReturnUrl ? returnUrl : null,
            KnownNews = knownNews,
            ExpiresAt = time.GetUtcNow() + life,
        };
        database.OutsideSteps.Add(step);
        await database.SaveChangesAsync(cancellationToken);
        return step;
    }

    /// <summary>What the provider calls it is known only after it was told of the step.</summary>
    public Task ReferAsync(Guid id, string reference, CancellationToken cancellationToken) =>
        database.OutsideSteps.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.Reference, reference), cancellationToken);

    /// <summary>The step while it can still be used.</summary>
    /// <returns>Null for one of another session or kind, an old or a used one: nobody learns which.</returns>
    public Task<OutsideStep?> FindAsync(string? id, string kind, Guid session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Guid.TryParse(id, out var key)
            ? database.OutsideSteps.AsNoTracking().FirstOrDefaultAsync(s => s.Id == key && s.Kind == kind && s.SessionId == session && s.UsedAt == null && s.ExpiresAt > now, cancellationToken)
            : Task.FromResult<OutsideStep?>(null);
    }

    /// <summary>Takes it: of any number of requests one gets it.</summary>
    public async Task<OutsideStep?> TakeAsync(string? id, string kind, Guid session, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, kind, session, cancellationToken) is not { } step)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var taken = await database.OutsideSteps.Where(s => s.Id == step.Id && s.UsedAt == null).ExecuteUpdateAsync(s => s.SetProperty(x => x.UsedAt, now), cancellationToken);
        return taken == 1 ? step : null;
    }

    /// <summary>Where a step of this session led back to, used or lapsed: so that it can be begun again.</summary>
    public Task<string?> ReturnUrlAsync(string? id, string kind, Guid session, CancellationToken cancellationToken) => Guid.TryParse(id, out var key)
        ? database.OutsideSteps.AsNoTracking().Where(s => s.Id == key && s.Kind == kind && s.SessionId == session).Select(s => s.ReturnUrl).FirstOrDefaultAsync(cancellationToken)
        : Task.FromResult<string?>(null);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow().AddDays(-1);
        await database.OutsideSteps.Where(s => s.ExpiresAt < old).OrderBy(s => s.ExpiresAt).Take(500).ExecuteDeleteAsync(cancellationToken);
    }
}
