using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>What a grade reads of the evidence: for every token anew, so no more than it needs.</summary>
internal static class EvidenceRows
{
    /// <summary>See <see cref="WithoutReceipts"/>; for queries that are compiled.</summary>
    public static readonly Expression<Func<Evidence, Evidence>> WithoutReceipt = e => new Evidence
    {
        Id = e.Id,
        SubjectId = e.SubjectId,
        Kind = e.Kind,
        Source = e.Source,
        Method = e.Method,
        AssuredBy = e.AssuredBy,
        VerifiedAt = e.VerifiedAt,
        RecordedAt = e.RecordedAt,
        ImportId = e.ImportId,
        ValidUntil = e.ValidUntil,
        State = e.State,
        Result = e.Result,
        MatchedAttributes = e.MatchedAttributes,
        Transaction = e.Transaction,
        ReferenceAtSource = e.ReferenceAtSource,
        Digest = e.Digest,
        Supersedes = e.Supersedes,
        Place = e.Place,
        PreviousHash = e.PreviousHash,
        Hash = e.Hash,
    };

    /// <summary>
    /// Without proofs of single transactions, disputes and answers that disagreed: no policy counts them, and of them a person can have very many. Whatever takes another record's
    /// place is read, or that one would count again.
    /// </summary>
    public static IQueryable<Evidence> ThatMayCount(this IQueryable<Evidence> evidence) => evidence.Where(
        e => e.Supersedes != null || (e.Kind != EvidenceKinds.TransactionProof && e.Kind != EvidenceKinds.Dispute && e.Result == EvidenceResult.Agreed));

    /// <summary>Without the encrypted answers of the sources, up to 64 KB each. The chain can still be followed: it hashes the digest of the answer. Last in a query, for nothing but reading.</summary>
    public static IQueryable<Evidence> WithoutReceipts(this IQueryable<Evidence> evidence) => evidence.AsNoTracking().Select(WithoutReceipt);
}
