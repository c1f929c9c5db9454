using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// Walks the evidence of all subjects beside what the audit says of it, for an auditor who has the database and no server. Both are read in the order of subjects, side by side:
/// each row once, and no more in memory than one subject.
/// </summary>
internal static class EvidenceVerifier
{
    private const int MostFindings = 100;

    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records there are, and the first hundred subjects with a fault.</returns>
    public static async Task<(long Records, IReadOnlyList<EvidenceFault> Findings)> VerifyAsync(string provider, string source, CancellationToken cancellationToken)
    {
        await using var database = AuditedDatabase.Open(provider, source);
        await using var audit = AuditedDatabase.Open(provider, source);
        await using var chains = Chains(database, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var (records, findings) = (0L, new List<EvidenceFault>());
        await using var noted = Noted(audit, findings, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var (hasChain, hasNotes) = (await chains.MoveNextAsync(), await noted.MoveNextAsync());
        while (hasChain || hasNotes)
        {
            var order = !hasChain ? 1 : !hasNotes ? -1 : chains.Current.Subject.CompareTo(noted.Current.Subject);
            var (subject, chain) = order <= 0 ? chains.Current : (noted.Current.Subject, new List<Evidence>());
            records += chain.Count;
            if (findings.Count < MostFindings && EvidenceChain.Verify(subject, chain, order >= 0 ? noted.Current.Notes : EvidenceNotes.None) is not null
                && await AgainAsync(provider, source, subject, cancellationToken) is { } fault)
            {
                findings.Add(fault);
            }

            hasChain = order <= 0 ? await chains.MoveNextAsync() : hasChain;
            hasNotes = order >= 0 ? await noted.MoveNextAsync() : hasNotes;
        }

        return (records, findings);
    }

    /// <summary>A server may be at work, and the two walks are not of one moment: only what is still so when both are read anew is a fault.</summary>
    private static async Task<EvidenceFault?> AgainAsync(string provider, string source, Guid subject, CancellationToken cancellationToken)
    {
        await using var database = AuditedDatabase.Open(provider, source);
        return (await NotedEvidence.OfAsync(database, subject, cancellationToken)).Fault;
    }

    private static async IAsyncEnumerable<(Guid Subject, List<Evidence> Records)> Chains(IdentityContext database, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<Evidence> chain = [];
        await foreach (var record in database.Evidence.OrderBy(e => e.SubjectId).ThenBy(e => e.Place).WithoutReceipts().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (chain.Count > 0 && chain[0].SubjectId != record.SubjectId)
            {
                yield return (chain[0].SubjectId, chain);
                chain = [];
            }

            chain.Add(record);
        }

        if (chain.Count > 0)
        {
            yield return (chain[0].SubjectId, chain);
        }
    }

    private static async IAsyncEnumerable<(Guid Subject, EvidenceNotes Notes)> Noted(IdentityContext audit, List<EvidenceFault> findings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Guid Subject, EvidenceNotes Notes)? current = null;
        await foreach (var note in EvidenceNotes.All(audit).WithCancellation(cancellationToken))
        {
            // The server spells a subject in one way alone. A note that spells it otherwise is nobody's: read as the subject's it would come before the server's own, and the first of a place counts.
            if (!Guid.TryParse(note.SubjectId, out var subject) || subject.ToString() != note.SubjectId)
            {
                var fault = new EvidenceFault(subject, 0, EvidenceChain.Misspelled);
                if (findings.Count < MostFindings && !findings.Contains(fault))
                {
                    findings.Add(fault);
                }

                continue;
            }

            if (current is { } done && done.Subject != subject)
            {
                yield return done;
                current = null;
            }

            current ??= (subject, new EvidenceNotes());
            current.Value.Notes.Add(note);
        }

        if (current is { } last)
        {
            yield return last;
        }
    }
}
