using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>What is to be validated, and for what (the inputs of RFC 5280 §6.1.1 and those of the caller).</summary>
/// <param name="End">The end certificate.</param>
/// <param name="Intermediates">Untrusted certificates that may help.</param>
/// <param name="Anchors">What is trusted.</param>
/// <param name="At">The time at which everything must have been valid; fractions of a second do not count.</param>
public sealed record PathRequest(PathCertificate End, IReadOnlyList<PathCertificate> Intermediates, IReadOnlyList<PathCertificate> Anchors, DateTimeOffset At)
{
    /// <summary>Policies of which one is wanted, as OIDs; null for any (user-initial-policy-set).</summary>
    public IReadOnlySet<string>? Policies { get; init; }

    /// <summary>A policy must hold on the whole path (initial-explicit-policy).</summary>
    public bool ExplicitPolicy { get; init; }

    /// <summary>Policies may not be mapped (initial-policy-mapping-inhibit).</summary>
    public bool InhibitPolicyMapping { get; init; }

    /// <summary>anyPolicy does not count (initial-any-policy-inhibit).</summary>
    public bool InhibitAnyPolicy { get; init; }

    /// <summary>Most CAs between end certificate and anchor, self-issued ones not counted; null for the profile's own bound.</summary>
    public int? PathLength { get; init; }

    /// <summary>Usages that the end certificate must all have, if it says anything about usage.</summary>
    public KeyUsages AllKeyUsages { get; init; }

    /// <summary>Usages of which the end certificate must state one.</summary>
    public KeyUsages AnyKeyUsage { get; init; }

    /// <summary>Extended key usage that the end certificate, and every CA that states any, must have; null for none.</summary>
    public string? Purpose { get; init; }

    /// <summary>The end certificate must state the purpose; otherwise saying nothing allows all.</summary>
    public bool StatedPurpose { get; init; }

    /// <summary>Names that the end certificate must all have; empty for none.</summary>
    public IReadOnlyList<PeerName> PeerNames { get; init; } = [];

    /// <summary>The only suite allowed, or null for both.</summary>
    public SignatureSuite? Suite { get; init; }

    /// <summary>The only signature algorithms allowed, as OIDs; null for all that the profile allows.</summary>
    public IReadOnlySet<string>? SignatureAlgorithms { get; init; }

    /// <summary>Where revocation is known from; null when nobody asks.</summary>
    public IRevocationSource? Revocation { get; init; }

    /// <summary>How revocation is judged.</summary>
    public RevocationRule RevocationRule { get; init; }
}
