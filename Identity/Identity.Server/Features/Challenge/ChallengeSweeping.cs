using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>Forgets spent proofs that would be refused for their age anyway.</summary>
internal sealed class ChallengeSweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var old = database.SpentProofs.Where(c => c.ExpiresAt < now).OrderBy(c => c.ExpiresAt).Select(c => c.Id);
        while (await database.SpentProofs.Where(c => old.Take(Batch).Contains(c.Id)).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
