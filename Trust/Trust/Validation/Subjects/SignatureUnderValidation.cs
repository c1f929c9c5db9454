using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;

namespace Yinxin.Trust.Validation.Subjects;

/// <summary>
/// What the engine knows of a signature, whatever its format: each format fills one (CAdES, GB/T 38540, PDF, timestamp tokens). What the format could not
/// read stands in <see cref="FormatFindings"/>; the rest is then of no account.
/// </summary>
public sealed record SignatureUnderValidation
{
    /// <summary>Id in reports, unique within one validation.</summary>
    public required string Id { get; init; }

    /// <summary>E.g. <c>CAdES</c>, <c>RFC 3161</c>, <c>GB/T 38540</c>.</summary>
    public required string Format { get; init; }

    /// <summary>It is that of a timestamp token, of which no signing time and no timestamp are asked.</summary>
    public bool IsTimestamp { get; init; }

    /// <summary>What is wrong with the form; empty when it could be read.</summary>
    public IReadOnlyList<string> FormatFindings { get; init; } = [];

    /// <summary>Each signed object with the digest that the signature states.</summary>
    public IReadOnlyList<SignedObject> Objects { get; init; } = [];

    /// <summary>The bytes that the signature value covers.</summary>
    public ReadOnlyMemory<byte> SignedBytes { get; init; }

    /// <summary>How it was signed; null when the form is wrong.</summary>
    public AlgorithmIdentifier? Algorithm { get; init; }

    /// <summary>The signature value.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Who signed, as the format names the certificate; null when it embeds exactly one certificate or names none.</summary>
    public SignerIdentifier? Signer { get; init; }

    /// <summary>Signed references to the signer's certificate by digest (RFC 5035); empty when the format has none.</summary>
    public IReadOnlyList<CertificateReference> References { get; init; } = [];

    /// <summary>The format binds the certificate by itself, because the signed bytes or the signed structure hold it.</summary>
    public bool BindsCertificate { get; init; }

    /// <summary>The same signature is validated over and over, as that of a seal: a success of the arithmetic is remembered.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Certificates that came with the signature.</summary>
    public IReadOnlyList<PathCertificate> Certificates { get; init; } = [];

    /// <summary>How many more came with it that could not be read, or were too many.</summary>
    public int CertificatesPassedOver { get; init; }

    /// <summary>Revocation data that came with the signature.</summary>
    public IReadOnlyList<RevocationEvidence> Revocation { get; init; } = [];

    /// <summary>When it was signed, as the signer says.</summary>
    public DateTimeOffset? ClaimedTime { get; init; }

    /// <summary>The content type is signed, or the format has none.</summary>
    public bool SignsContentType { get; init; } = true;

    /// <summary>The signature policy that the signature names; null for none.</summary>
    public SignaturePolicyReference? Policy { get; init; }

    /// <summary>Timestamps over the content, made before the signature.</summary>
    public IReadOnlyList<TimestampUnderValidation> ContentTimestamps { get; init; } = [];

    /// <summary>Timestamps over the signature value.</summary>
    public IReadOnlyList<TimestampUnderValidation> SignatureTimestamps { get; init; } = [];

    /// <summary>Timestamps over signature, certificates and revocation data.</summary>
    public IReadOnlyList<TimestampUnderValidation> ArchiveTimestamps { get; init; } = [];

    /// <summary>Evidence records over the signature, or over what it covers.</summary>
    public IReadOnlyList<EvidenceRecordUnderValidation> EvidenceRecords { get; init; } = [];

    /// <summary>Every timestamp of the signature, those of evidence records left out.</summary>
    internal IEnumerable<TimestampUnderValidation> Timestamps => ContentTimestamps.Concat(SignatureTimestamps).Concat(ArchiveTimestamps);

    /// <summary>Rules of the format beyond the standard, with what was found.</summary>
    public IReadOnlyList<FormatRule> Rules { get; init; } = [];

    /// <summary>A signature that cannot be read.</summary>
    public static SignatureUnderValidation Unreadable(string id, string format, string finding) => new() { Id = id, Format = format, FormatFindings = [finding] };
}

/// <summary>One signed object.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Hash">By which it is digested.</param>
/// <param name="Stated">Digest inside the signature.</param>
/// <param name="Actual">Digest of the object itself; null when it is not at hand.</param>
public sealed record SignedObject(string Name, HashFunction Hash, ReadOnlyMemory<byte> Stated, ReadOnlyMemory<byte>? Actual);

/// <summary>A certificate named by issuer and serial number, or by subject key identifier (RFC 5652 §5.3).</summary>
/// <param name="Issuer">DER of the issuer's name; empty when a key identifier stands.</param>
/// <param name="SerialNumber">Content octets of the serial number.</param>
/// <param name="KeyId">Subject key identifier, or null.</param>
public sealed record SignerIdentifier(ReadOnlyMemory<byte> Issuer, ReadOnlyMemory<byte> SerialNumber, ReadOnlyMemory<byte>? KeyId = null)
{
    /// <summary>True for the certificate that is meant.</summary>
    public bool Names(PathCertificate certificate) => KeyId is { } id
        ? certificate.SubjectKey is { } key && key.Span.SequenceEqual(id.Span)
        : certificate.SerialNumber.Span.SequenceEqual(SerialNumber.Span) && certificate.Issuer.Encoded.Span.SequenceEqual(Issuer.Span);
}

/// <summary>A signed digest of a certificate.</summary>
/// <param name="Hash">By which; null when it is not known.</param>
/// <param name="Digest">The digest.</param>
public sealed record CertificateReference(HashFunction? Hash, ReadOnlyMemory<byte> Digest)
{
    /// <summary>True for the certificate that is meant.</summary>
    public bool Names(PathCertificate certificate) => Hash is { } hash && hash.Hash(certificate.Encoded.Span).AsSpan().SequenceEqual(Digest.Span);
}

/// <summary>A signature policy as a signature names it (RFC 5126 §5.8.1).</summary>
/// <param name="Oid">Which.</param>
/// <param name="Hash">Hash of the document; null when it is not known.</param>
/// <param name="Digest">Digest of the document; empty when the signature gives none.</param>
public sealed record SignaturePolicyReference(string Oid, HashFunction? Hash, ReadOnlyMemory<byte> Digest);

/// <summary>A rule of the format or of the caller that the engine carries through into result and report.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Chinese">What is asked, for people.</param>
/// <param name="English">The same in English.</param>
/// <param name="Kept">Whether it is kept.</param>
/// <param name="Detail">What was found.</param>
public sealed record FormatRule(string Code, string Chinese, string English, bool Kept, string? Detail = null);
