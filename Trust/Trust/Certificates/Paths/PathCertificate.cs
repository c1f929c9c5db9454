using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>A certificate taken apart for path validation: strict DER, every extension that validation knows read, nothing read twice.</summary>
public sealed class PathCertificate
{
    private static readonly ConditionalWeakTable<X509Certificate, PathCertificate> Known = [];

    internal PathCertificate(SignedBytes signed, bool algorithmsAgree)
    {
        Signed = signed;
        AlgorithmsAgree = algorithmsAgree;
    }

    /// <summary>The whole certificate, DER.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>1, 2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>Content octets of the serial number, as they came.</summary>
    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    /// <summary>Who signed it.</summary>
    public required DirectoryName Issuer { get; init; }

    /// <summary>Whose it is.</summary>
    public required DirectoryName Subject { get; init; }

    /// <summary>First second of its validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Last second of its validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>Every extension by its OID.</summary>
    public required IReadOnlyDictionary<string, CertificateExtension> Extensions { get; init; }

    /// <summary>True when a time before 2050 is written as GeneralizedTime (RFC 5280 §4.1.2.5 wants UTCTime).</summary>
    public required bool HasWrongTimeForm { get; init; }

    /// <summary>What RFC 5280 §4.2.1.9 says of it, or null.</summary>
    public BasicConstraintsValue? BasicConstraints { get; internal set; }

    /// <summary>What the key may do, or null when nothing is said.</summary>
    public KeyUsages? KeyUsage { get; internal set; }

    /// <summary>Extended key usages as OIDs, or null when nothing is said.</summary>
    public IReadOnlyList<string>? ExtendedKeyUsage { get; internal set; }

    /// <summary>Subject alternative names; empty when there are none.</summary>
    public IReadOnlyList<GeneralName> AlternativeNames { get; internal set; } = [];

    /// <summary>Name constraints, or null.</summary>
    public NameConstraintsValue? NameConstraints { get; internal set; }

    /// <summary>Certificate policies, or null when nothing is said.</summary>
    public IReadOnlyList<CertificatePolicy>? Policies { get; internal set; }

    /// <summary>Pairs of issuer's and subject's policy; empty when there are none.</summary>
    public IReadOnlyList<(string Issuer, string Subject)> PolicyMappings { get; internal set; } = [];

    /// <summary>Policy constraints, or null.</summary>
    public PolicyConstraintsValue? PolicyConstraints { get; internal set; }

    /// <summary>After how many certificates anyPolicy no longer counts, or null.</summary>
    public int? InhibitAnyPolicy { get; internal set; }

    /// <summary>Authority key identifier, or null.</summary>
    public AuthorityKeyValue? AuthorityKey { get; internal set; }

    /// <summary>Subject key identifier, or null.</summary>
    public ReadOnlyMemory<byte>? SubjectKey { get; internal set; }

    /// <summary>CRL distribution points; empty when there are none.</summary>
    public IReadOnlyList<Revocation.DistributionPoint> DistributionPoints { get; internal set; } = [];

    /// <summary>Issuer and subject are the same name (RFC 5280 §6.1).</summary>
    public bool IsSelfIssued => Issuer.Equals(Subject);

    /// <summary>Basic constraints call it a CA.</summary>
    public bool IsAuthority => BasicConstraints is { IsAuthority: true };

    /// <summary>What is signed, by the algorithm inside the signed part, which is the one that counts.</summary>
    internal SignedBytes Signed { get; }

    /// <summary>The unsigned algorithm outside says the same, byte for byte (RFC 5280 §4.1.1.2).</summary>
    internal bool AlgorithmsAgree { get; }

    /// <summary>Reads one DER certificate with nothing after it.</summary>
    /// <exception cref="CryptographicException">It is not one, or an extension that validation knows is malformed; the message says what.</exception>
    public static PathCertificate Read(ReadOnlyMemory<byte> der) => CertificateReader.Read(der);

    /// <summary>The same certificate, read once for as long as it lives.</summary>
    /// <exception cref="CryptographicException">As <see cref="Read"/>.</exception>
    public static PathCertificate Of(X509Certificate certificate) => Known.GetValue(certificate, static c => Read(c.GetEncoded()));

    /// <summary>The same bytes.</summary>
    public bool IsSame(PathCertificate other) => ReferenceEquals(this, other) || Encoded.Span.SequenceEqual(other.Encoded.Span);

    internal bool IsCritical(string oid) => Extensions.TryGetValue(oid, out var extension) && extension.Critical;
}
