using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>What is wrong with the chain, and at which record.</summary>
/// <param name="Sequence">The record that was edited, or the first after a removed one.</param>
/// <param name="Kind"><c>removed</c> or <c>edited</c>.</param>
public sealed record AuditFault(long Sequence, string Kind);

/// <summary>Walks the chain from its first record; memory stays flat.</summary>
public sealed class AuditVerifier(DbContext context)
{
    public async Task<(long Records, AuditFault? Fault)> VerifyAsync(CancellationToken cancellationToken)
    {
        var expected = 1L;
        var previous = AuditRecord.FirstPreviousHash;
        await foreach (var record in context.Set<AuditRecord>().AsNoTracking().OrderBy(r => r.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (record.Sequence != expected)
            {
                return (expected - 1, new AuditFault(expected, "removed"));
            }

            if (record.PreviousHash != previous || record.Hash != record.ComputeHash())
            {
                return (expected - 1, new AuditFault(record.Sequence, "edited"));
            }

            previous = record.Hash;
            expected++;
        }

        return (expected - 1, null);
    }

    /// <summary>Walks one batch of a span.</summary>
    /// <param name="from">Its first record.</param>
    /// <param name="to">The span's last record.</param>
    /// <param name="most">Records at once.</param>
    /// <param name="previous">Hash of the record before; null: that of the stored one, which a walk of the whole chain judges.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records hold, the last hash, and the first fault.</returns>
    public async Task<(int Records, string LastHash, AuditFault? Fault)> VerifySpanAsync(long from, long to, int most, string? previous, CancellationToken cancellationToken)
    {
        var last = previous ?? (from == 1 ? AuditRecord.FirstPreviousHash
            : await context.Set<AuditRecord>().Where(r => r.Sequence == from - 1).Select(r => r.Hash).FirstOrDefaultAsync(cancellationToken) ?? "");
        var records = await context.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence >= from && r.Sequence <= to).OrderBy(r => r.Sequence).Take(most).ToListAsync(cancellationToken);
        var expected = from;
        foreach (var record in records)
        {
            if (record.Sequence != expected)
            {
                return ((int)(expected - from), last, new AuditFault(expected, "removed"));
            }

            if (record.PreviousHash != last || record.Hash != record.ComputeHash())
            {
                return ((int)(expected - from), last, last.Length == 0 ? new AuditFault(from - 1, "removed") : new AuditFault(record.Sequence, "edited"));
            }

            last = record.Hash;
            expected++;
        }

        return ((int)(expected - from), last, records.Count < most && expected <= to ? new AuditFault(expected, "removed") : null);
    }
}
