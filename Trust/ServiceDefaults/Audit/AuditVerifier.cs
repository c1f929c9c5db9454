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
}
