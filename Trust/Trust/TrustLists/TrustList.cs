using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.TrustLists;

/// <summary>Who is trusted, for what, since when: the ideas of ETSI TS 119 612 in the JSON form of ETSI TS 119 602 (list of trusted entities).</summary>
/// <param name="Scheme">Information on list and scheme.</param>
/// <param name="Entities">The trusted entities.</param>
public sealed record TrustList(TrustListScheme Scheme, IReadOnlyList<TrustedEntity> Entities);

/// <summary>Information on list and scheme (TS 119 602 §6.3, TS 119 612 §5.3).</summary>
public sealed record TrustListScheme
{
    /// <summary>Grows with each issue of the list.</summary>
    public required long SequenceNumber { get; init; }

    /// <summary>Kind of list, a URI.</summary>
    public string Type { get; init; } = TrustListTerms.ListType;

    /// <summary>Who runs the scheme.</summary>
    public required IReadOnlyList<LocalizedText> OperatorName { get; init; }

    /// <summary>Name of the scheme.</summary>
    public required IReadOnlyList<LocalizedText> Name { get; init; }

    /// <summary>Territory: ISO 3166-1, or ISO 3166-2 for a province, e.g. <c>CN-AH</c>.</summary>
    public required string Territory { get; init; }

    /// <summary>When this list was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>By when the next one is there; the list is not relied on after.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>Other lists, and this list itself when its next signers are announced.</summary>
    public IReadOnlyList<TrustListPointer> Pointers { get; init; } = [];
}

/// <summary>A pointer to another list (TS 119 612 §5.3.13). One with the list's own type, territory and operator announces the signers of its next issues.</summary>
/// <param name="Location">Where the list is.</param>
/// <param name="Signers">Certificates by which it may be signed.</param>
/// <param name="Type">Kind of list.</param>
/// <param name="OperatorName">Who runs that scheme.</param>
/// <param name="Territory">Its territory.</param>
public sealed record TrustListPointer(Uri Location, IReadOnlyList<PathCertificate> Signers, string Type, IReadOnlyList<LocalizedText> OperatorName, string Territory);

/// <summary>A trusted entity (TS 119 612 §5.4).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Services">Its services.</param>
public sealed record TrustedEntity(IReadOnlyList<LocalizedText> Name, IReadOnlyList<TrustService> Services);

/// <summary>A service (TS 119 612 §5.5).</summary>
/// <param name="Type">What it does, a URI.</param>
/// <param name="Name">Its name.</param>
/// <param name="Certificates">Its digital identities.</param>
/// <param name="Current">Its status now.</param>
/// <param name="History">Its statuses before.</param>
public sealed record TrustService(
    string Type, IReadOnlyList<LocalizedText> Name, IReadOnlyList<PathCertificate> Certificates, ServiceStatus Current, IReadOnlyList<ServiceStatus> History);

/// <summary>A status since a time.</summary>
/// <param name="Status">A URI.</param>
/// <param name="Since">From when.</param>
public sealed record ServiceStatus(string Status, DateTimeOffset Since)
{
    /// <summary>Granted or recognised.</summary>
    public bool IsTrusted => TrustListTerms.TrustedStatuses.Contains(Status);
}

/// <summary>A text in one language.</summary>
/// <param name="Language">RFC 5646, e.g. <c>zh</c>.</param>
/// <param name="Value">The text.</param>
public sealed record LocalizedText(string Language, string Value);
