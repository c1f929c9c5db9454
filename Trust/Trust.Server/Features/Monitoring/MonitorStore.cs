using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>Keeps what was verified, and alarms: each goes to the audit trail once, and its evidence beside the log's row.</summary>
internal sealed class MonitorStore(TrustContext database, IAuditTrail audit, TimeProvider time)
{
    public Task<MonitoredLog?> FindAsync(string origin, CancellationToken cancellationToken) =>
        database.Set<MonitoredLog>().SingleOrDefaultAsync(l => l.Origin == origin, cancellationToken);

    public Task<List<MonitoredLog>> ListAsync(CancellationToken cancellationToken) =>
        database.Set<MonitoredLog>().AsNoTracking().OrderBy(l => l.Origin).ToListAsync(cancellationToken);

    /// <summary>The log was found in order, but for single entries.</summary>
    public async Task VerifiedAsync(string origin, MonitoredHead head, IReadOnlyList<LogFaultException> entries, CancellationToken cancellationToken)
    {
        var log = await FindOrAddAsync(origin, cancellationToken);
        (log.Size, log.Root, log.Note, log.VerifiedAt) = (head.Size, head.Root.ToArray(), head.Note.ToArray(), time.GetUtcNow());
        foreach (var entry in entries)
        {
            Alarm(log, entry, head.Note.ToArray());
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The log lies; what was verified before stays. True when this is news.</summary>
    public async Task<bool> AlarmAsync(string origin, LogFaultException fault, byte[]? served, CancellationToken cancellationToken)
    {
        var log = await FindOrAddAsync(origin, cancellationToken);
        if (log.Alarm == fault.Fault.ToString() && log.AlarmText == fault.Message && log.AlarmAt > (log.VerifiedAt ?? DateTimeOffset.MinValue))
        {
            return false;
        }

        Alarm(log, fault, served);
        await database.SaveChangesAsync(cancellationToken);
        return true;
    }

    private void Alarm(MonitoredLog log, LogFaultException fault, byte[]? served)
    {
        (log.Alarm, log.AlarmText, log.AlarmNote, log.AlarmAt) = (fault.Fault.ToString(), fault.Message, served, time.GetUtcNow());
        audit.Add(new AuditEntry("trust.log.alarm", log.Origin, "trust", Details: new { fault = log.Alarm, fault.Message, verified = log.Size }, Result: "log.alarm"));
    }

    private async Task<MonitoredLog> FindOrAddAsync(string origin, CancellationToken cancellationToken)
    {
        if (await FindAsync(origin, cancellationToken) is { } known)
        {
            return known;
        }

        var log = new MonitoredLog { Origin = origin, Root = MerkleHash.Empty() };
        database.Add(log);
        return log;
    }
}
