using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>
/// Walks all mandates beside their records and what the audit says of them, for an auditor who has the database, and neither server nor keys. The three are read in the order of mandates, side by side:
/// each row once, and no more in memory than one mandate.
/// </summary>
internal static class MandateVerifier
{
    private const int MostFindings = 100;

    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records there are, and the first hundred mandates with a fault.</returns>
    public static async Task<(long Records, IReadOnlyList<MandateFault> Findings)> VerifyAsync(string provider, string source, CancellationToken cancellationToken)
    {
        await using var database = AuditedDatabase.Open(provider, source);
        await using var events = AuditedDatabase.Open(provider, source);
        await using var audit = AuditedDatabase.Open(provider, source);
        var (records, findings) = (0L, new List<MandateFault>());
        await using var rows = database.Mandates.AsNoTracking().OrderBy(m => m.Id).AsAsyncEnumerable().GetAsyncEnumerator(cancellationToken);
        await using var chains = Chains(events, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var noted = Noted(audit, findings, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var (hasRow, hasChain, hasNotes) = (await rows.MoveNextAsync(), await chains.MoveNextAsync(), await noted.MoveNextAsync());
        while (hasRow || hasChain || hasNotes)
        {
            Guid?[] next = [hasRow ? rows.Current.Id : null, hasChain ? chains.Current.Mandate : null, hasNotes ? noted.Current.Mandate : null];
            var mandate = next.OfType<Guid>().Min();
            var (isRow, isChain, isNotes) = (next[0] == mandate, next[1] == mandate, next[2] == mandate);
            List<MandateStep> steps = isChain ? chains.Current.Steps : [];
            records += steps.Count;
            if (findings.Count < MostFindings && MandateChain.Verify(mandate, isRow ? rows.Current : null, steps, isNotes ? noted.Current.Notes : MandateNotes.None) is not null
                && await AgainAsync(provider, source, mandate, cancellationToken) is { } fault)
            {
                findings.Add(fault);
            }

            hasRow = isRow ? await rows.MoveNextAsync() : hasRow;
            hasChain = isChain ? await chains.MoveNextAsync() : hasChain;
            hasNotes = isNotes ? await noted.MoveNextAsync() : hasNotes;
        }

        return (records, findings);
    }

    /// <summary>A server may be at work, and the walks are not of one moment: only what is still so when all are read anew is a fault.</summary>
    private static async Task<MandateFault?> AgainAsync(string provider, string source, Guid mandate, CancellationToken cancellationToken)
    {
        await using var database = AuditedDatabase.Open(provider, source);
        return (await NotedMandate.OfAsync(database, mandate, cancellationToken)).Fault;
    }

    private static async IAsyncEnumerable<(Guid Mandate, List<MandateStep> Steps)> Chains(IdentityContext database, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<MandateStep> steps = [];
        await foreach (var step in database.MandateEvents.OrderBy(e => e.MandateId).ThenBy(e => e.Sequence).WithoutRecords().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (steps.Count > 0 && steps[0].MandateId != step.MandateId)
            {
                yield return (steps[0].MandateId, steps);
                steps = [];
            }

            steps.Add(step);
        }

        if (steps.Count > 0)
        {
            yield return (steps[0].MandateId, steps);
        }
    }

    private static async IAsyncEnumerable<(Guid Mandate, MandateNotes Notes)> Noted(IdentityContext audit, List<MandateFault> findings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Guid Mandate, MandateNotes Notes)? current = null;
        await foreach (var row in MandateNotes.All(audit).WithCancellation(cancellationToken))
        {
            // The server spells a mandate in one way alone. A note that spells it otherwise is nobody's: read as the mandate's it would come before the server's own, and the first of a place counts.
            if (!Guid.TryParse(row.SubjectId, out var mandate) || mandate.ToString() != row.SubjectId)
            {
                var fault = new MandateFault(mandate, 0, MandateChain.Misspelled);
                if (findings.Count < MostFindings && !findings.Contains(fault))
                {
                    findings.Add(fault);
                }

                continue;
            }

            if (current is { } done && done.Mandate != mandate)
            {
                yield return done;
                current = null;
            }

            current ??= (mandate, new MandateNotes());
            current.Value.Notes.Add(row);
        }

        if (current is { } last)
        {
            yield return last;
        }
    }
}
