using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.FailureAudit;

/// <summary>Forgets which spans were written, but for the last days.</summary>
internal sealed class FailureSweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    public Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow().AddDays(-3);
        return database.FailureFolds.Where(f => f.Start < old).ExecuteDeleteAsync(cancellationToken);
    }
}
