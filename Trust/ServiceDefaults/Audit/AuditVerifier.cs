using Microsoft.EntityFrameworkCore;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>What is wrong with the chain, and at which record.</summary>
/// <param name="Sequence">The record that was edited, or the first after a removed one.</param>
/// <param name="Kind"><c>removed</c> or <c>edited</c>.</param>
public sealed record AuditFault(long Sequence, string Kind);

/// <summary>Walks the chain from its first record; memory stays flat.</summary>
public sealed class AuditVerifier(DbContext context)
{
    /// <summary>Of a table that is damaged through and through, so many faults say enough.</summary>
    public const int MostFaults = 1000;

    /// <summary>Walks all of it: a fault stays for ever, and must not hide those behind it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records hold, and the first <see cref="MostFaults"/> faults, empty when all hold.</returns>
    public async Task<(long Records, IReadOnlyList<AuditFault> Faults)> VerifyAsync(CancellationToken cancellationToken)
    {
        var (expected, records) = (1L, 0L);
        List<AuditFault> faults = [];
        string? previous = AuditRecord.FirstPreviousHash;
        await foreach (var record in context.Set<AuditRecord>().AsNoTracking().OrderBy(r => r.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (record.Sequence != expected)
            {
                // Of those that are gone the first stands for all; what the next one follows is not known.
                faults.Add(new AuditFault(expected, "removed"));
                previous = null;
            }

            if ((previous is null || record.PreviousHash == previous) && record.Hash == record.ComputeHash())
            {
                records++;
            }
            else
            {
                faults.Add(new AuditFault(record.Sequence, "edited"));
            }

            if (faults.Count >= MostFaults)
            {
                break;
            }

            previous = record.Hash;
            expected = record.Sequence + 1;
        }

        return (records, [.. faults.Take(MostFaults)]);
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
