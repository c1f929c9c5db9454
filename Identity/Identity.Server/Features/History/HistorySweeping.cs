using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.History;

/// <summary>Forgets tries after half a year, those under names without an account after a day, QR codes after a day, and browsers after 400 days without a sign-in.</summary>
internal sealed class HistorySweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var (day, halfYear, year) = (time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(-SignInHistory.DaysKept), time.GetUtcNow().AddDays(-SignInHistory.DeviceDays));
        var old = database.SignInRecords.Where(r => r.At < halfYear).OrderBy(r => r.At).Select(r => r.Id);
        var nobodys = database.SignInRecords.Where(r => r.AccountId == Guid.Empty && r.At < day).OrderBy(r => r.Id).Select(r => r.Id);
        foreach (var ids in (IQueryable<Guid>[])[old, nobodys])
        {
            while (await database.SignInRecords.Where(r => ids.Take(Batch).Contains(r.Id)).ExecuteDeleteAsync(cancellationToken) == Batch)
            {
            }
        }

        await database.QrSignIns.Where(q => q.ExpiresAt < day).ExecuteDeleteAsync(cancellationToken);
        await database.KnownDevices.Where(d => d.LastSeenAt < year).ExecuteDeleteAsync(cancellationToken);
    }
}
