using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Validation.Subjects;

/// <summary>An evidence record (RFC 4998) as the engine sees it: timestamps of which each covers the one before, the first one objects of the signature.</summary>
public sealed record EvidenceRecordUnderValidation
{
    /// <summary>Id in reports, unique within one validation.</summary>
    public required string Id { get; init; }

    /// <summary>What is wrong with the form; empty when it could be read.</summary>
    public IReadOnlyList<string> FormatFindings { get; init; } = [];

    /// <summary>Every timestamp of every chain, oldest first. Each proves the tokens before it, with what lies in them.</summary>
    public IReadOnlyList<EvidenceTimestamp> Timestamps { get; init; } = [];

    /// <summary>What the record covers, and so proves since the time of its first timestamp when it holds.</summary>
    public IReadOnlyList<EvidenceKey> Proves { get; init; } = [];

    /// <summary>A record that cannot be read.</summary>
    public static EvidenceRecordUnderValidation Unreadable(string id, string finding) => new() { Id = id, FormatFindings = [finding] };
}

/// <summary>One archive timestamp of a record.</summary>
/// <param name="Timestamp">The token; its stamped data is the root of the hash tree as it follows from what must be covered.</param>
/// <param name="TreeHash">The digest of the hash tree.</param>
/// <param name="TreeUntil">Until when the tree has to bind by that digest: the first timestamp of the next chain; null for the newest chain, until now.</param>
public sealed record EvidenceTimestamp(TimestampUnderValidation Timestamp, HashFunction TreeHash, DateTimeOffset? TreeUntil);
