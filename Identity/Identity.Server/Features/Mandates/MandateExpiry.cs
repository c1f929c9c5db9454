using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Puts on record what the clock has ended. Power ended at the very second already; this is for the history and the notice.</summary>
internal sealed class MandateExpiry(IServiceScopeFactory scopes, IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 200;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<Guid> due;
        do
        {
            due = await database.Mandates.AsNoTracking()
                .Where(m => ((m.State == MandateState.Active || m.State == MandateState.Suspended || m.State == MandateState.Invited) && m.ValidTo <= now) ||
                    (m.State == MandateState.Invited && m.InvitationEndsAt <= now))
                .OrderBy(m => m.ValidTo).Select(m => m.Id).Take(Batch).ToListAsync(cancellationToken);
            foreach (var id in due)
            {
                await ExpireAsync(id, cancellationToken);
            }
        }
        while (due.Count == Batch);
    }

    /// <summary>Each for itself: another node, or its agent in the last second, may have been faster.</summary>
    private async Task ExpireAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<MandateStore>();
        try
        {
            await store.ActAsync(await store.FindAsync(id, cancellationToken), MandateAct.Expire, MandateRole.System, actor: null, "the time has run out", cancellationToken);
        }
        catch (ProblemException)
        {
        }
    }
}
