using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>A period as a span of the chain, which is in the order of time: what lies outside is then left out by the key alone, and years before it are not looked at.</summary>
internal static class AuditSpan
{
    /// <summary>Records of several nodes may stand in another order than their clocks say, by so much at most.</summary>
    private const int ClockSlack = 1000;

    /// <summary>What was written within the hour up to now; what is an hour old to the moment no longer is.</summary>
    public static async Task<IQueryable<AuditRecord>> WithinHourAsync(IdentityContext database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddHours(-1);
        return (await FromAsync(database, database.Set<AuditRecord>().AsNoTracking(), since, cancellationToken)).Where(r => r.At > since);
    }

    /// <summary>Those of the records that were written at that moment or later.</summary>
    public static async Task<IQueryable<AuditRecord>> FromAsync(IdentityContext database, IQueryable<AuditRecord> records, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var first = await database.Set<AuditRecord>().AsNoTracking().Where(r => r.At >= from).OrderBy(r => r.At).ThenBy(r => r.Sequence)
            .Select(r => (long?)r.Sequence).FirstOrDefaultAsync(cancellationToken) ?? long.MaxValue;
        return records.Where(r => r.At >= from && r.Sequence >= first - ClockSlack);
    }

    /// <summary>Those of the records that were written before that moment.</summary>
    public static async Task<IQueryable<AuditRecord>> BeforeAsync(IdentityContext database, IQueryable<AuditRecord> records, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var last = await database.Set<AuditRecord>().AsNoTracking().Where(r => r.At < to).OrderByDescending(r => r.At).ThenByDescending(r => r.Sequence)
            .Select(r => (long?)r.Sequence).FirstOrDefaultAsync(cancellationToken) ?? 0;
        return records.Where(r => r.At < to && r.Sequence <= last + ClockSlack);
    }
}
