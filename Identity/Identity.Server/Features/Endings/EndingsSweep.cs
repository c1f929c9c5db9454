using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Endings;

/// <summary>Deletes what no living token can name any more.</summary>
internal sealed class EndingsSweep(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - (2 * EndedTokens.Kept);
        while (await database.Endings.Where(e => database.Endings.Where(o => o.At < before).OrderBy(o => o.At).Select(o => o.Id).Take(Batch).Contains(e.Id))
            .ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
