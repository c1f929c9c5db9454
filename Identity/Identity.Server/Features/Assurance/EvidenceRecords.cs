using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>Makes new evidence, valid from the moment of the check.</summary>
internal static class EvidenceRecords
{
    public static Evidence New(
        Guid subject, string kind, string source, string method, string assuredBy, DateTimeOffset now,
        DateTimeOffset? until = null, IReadOnlyList<string>? matched = null, string? reference = null, Guid? supersedes = null) => new()
        {
            Id = Guid.CreateVersion7(now),
            SubjectId = subject,
            Kind = kind,
            Source = source,
            Method = method,
            AssuredBy = assuredBy,
            VerifiedAt = now,
            ValidUntil = until,
            State = EvidenceState.Active,
            MatchedAttributes = [.. matched ?? []],
            ReferenceAtSource = reference,
            Supersedes = supersedes,
        };
}
