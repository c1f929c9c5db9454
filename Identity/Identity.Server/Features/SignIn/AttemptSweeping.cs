using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Forgets counts that count no more: strangers make a row for every name that they think of, and for every address that they have.</summary>
internal sealed class AttemptSweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Nobody is blocked for longer than an hour after a failure, so what is a day old holds no block.
        var day = time.GetUtcNow().AddDays(-1);
        var old = database.SignInAttempts.Where(a => a.LastFailureAt < day).OrderBy(a => a.LastFailureAt).Select(a => a.Key);
        while (await database.SignInAttempts.Where(a => old.Take(Batch).Contains(a.Key)).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }

        // No window is as long as an hour. Everybody's row stays, so that whoever counts never waits for the sweep while it waits for them; and one that begins anew at this moment is not old any more.
        var hour = time.GetUtcNow().AddHours(-1);
        var over = database.FailureCounts.Where(c => c.Start < hour && c.Key != FailureCount.Everybody).OrderBy(c => c.Start).Select(c => c.Key);
        while (await database.FailureCounts.Where(c => c.Start < hour && over.Take(Batch).Contains(c.Key)).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
