using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>
/// Forgets sessions with their token families as long after them as the sign-in log forgets the sign-ins: they say the same about a person. A code lives a minute and a refresh token twelve hours, so one
/// that is shown when its family is gone is refused for its age, before anybody looks for the row whose key it would meet.
/// </summary>
internal sealed class SessionSweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 200;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // By their longest time, a day at most: nobody ended one that merely lay unused, and one that was ended early stays those hours longer.
        var old = time.GetUtcNow().AddDays(-SignInHistory.DaysKept);
        List<Guid> due;
        do
        {
            // Keys begin with the moment of the sign-in, so the oldest come first by them: a round reads no more rows than it may delete, however many there are.
            due = await database.Sessions.OrderBy(s => s.Id).Take(Batch).Where(s => s.ExpiresAt < old).Select(s => s.Id).ToListAsync(cancellationToken);
            if (due.Count > 0)
            {
                await DeleteAsync(due, cancellationToken);
            }
        }
        while (due.Count == Batch);
    }

    /// <summary>In the audit's turn: what ends all sessions of an account writes several of these rows as well, in an order of its own.</summary>
    private async Task DeleteAsync(List<Guid> due, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await database.Grants.Where(g => due.Contains(g.SessionId)).ExecuteDeleteAsync(cancellationToken);
        await database.Sessions.Where(s => due.Contains(s.Id)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
