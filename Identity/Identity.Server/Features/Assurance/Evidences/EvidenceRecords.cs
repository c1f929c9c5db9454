using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>Makes new evidence, valid from the moment of the check.</summary>
internal static class EvidenceRecords
{
    public static Evidence New(
        Guid subject, string kind, string source, string method, string assuredBy, DateTimeOffset now,
        DateTimeOffset? until = null, IReadOnlyList<string>? matched = null, string? reference = null, Guid? supersedes = null,
        EvidenceResult result = EvidenceResult.Agreed, DateTimeOffset? recordedAt = null, Guid? importId = null) => new()
        {
            Id = Guid.CreateVersion7(now),
            SubjectId = subject,
            Kind = kind,
            Source = source,
            Method = method,
            AssuredBy = assuredBy,
            VerifiedAt = now,
            RecordedAt = recordedAt,
            ImportId = importId,
            ValidUntil = until,
            State = EvidenceState.Active,
            Result = result,
            MatchedAttributes = [.. matched ?? []],
            ReferenceAtSource = reference,
            Supersedes = supersedes,
        };

    /// <summary>Takes a record back: it counts no more from now on, and stays where it is.</summary>
    /// <param name="of">The record.</param>
    /// <param name="state">Why: revoked at its source, or superseded by a change.</param>
    /// <param name="reason">A word for machines, e.g. <c>deceased</c>, <c>name-changed</c>, <c>phone-changed</c>.</param>
    /// <param name="assuredBy">The official or system that answers for it.</param>
    /// <param name="now">The moment.</param>
    public static Evidence Withdrawal(Evidence of, EvidenceState state, string reason, string assuredBy, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        SubjectId = of.SubjectId,
        Kind = of.Kind,
        Source = of.Source,
        Method = reason,
        AssuredBy = assuredBy,
        VerifiedAt = now,
        State = state,
        Supersedes = of.Id,
    };
}
