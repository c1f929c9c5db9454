using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Forgets counts that count no more: strangers make a row for every name that they think of.</summary>
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
    }
}
