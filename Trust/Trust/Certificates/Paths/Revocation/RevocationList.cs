using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>A CRL taken apart (RFC 5280 §5), strict DER.</summary>
public sealed class RevocationList
{
    private static readonly ConditionalWeakTable<X509Crl, RevocationList> Known = [];

    internal RevocationList(SignedBytes signed, bool algorithmsAgree, RevokedEntries entries)
    {
        Signed = signed;
        AlgorithmsAgree = algorithmsAgree;
        Entries = entries;
    }

    /// <summary>The whole list, DER.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>Who issued it.</summary>
    public required DirectoryName Issuer { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>When the next one is there at the latest.</summary>
    public required DateTimeOffset NextUpdate { get; init; }

    /// <summary>Every extension by its OID.</summary>
    public required IReadOnlyDictionary<string, CertificateExtension> Extensions { get; init; }

    /// <summary>Number of the list, or null when it has none.</summary>
    public BigInteger? Number { get; internal set; }

    /// <summary>For a delta list, the number of the list that it builds on.</summary>
    public BigInteger? BaseNumber { get; internal set; }

    internal IssuingPoint Scope { get; set; } = IssuingPoint.Everything;

    internal AuthorityKeyValue? AuthorityKey { get; set; }

    internal RevokedEntries Entries { get; }

    internal SignedBytes Signed { get; }

    internal bool AlgorithmsAgree { get; }

    /// <summary>Reads one DER CRL with nothing after it.</summary>
    /// <exception cref="CryptographicException">It is not one; the message says why.</exception>
    public static RevocationList Read(ReadOnlyMemory<byte> der) => RevocationListReader.Read(der);

    /// <summary>The same list, read once for as long as it lives.</summary>
    /// <exception cref="CryptographicException">As <see cref="Read"/>.</exception>
    public static RevocationList Of(X509Crl crl) => Known.GetValue(crl, static c => Read(c.GetEncoded()));
}

/// <summary>All revoked certificates of a list.</summary>
internal sealed class RevokedEntries
{
    private readonly Dictionary<(DirectoryName Issuer, BigInteger Serial), RevokedEntry> entries = [];

    /// <summary>A serial of one issuer stands there twice.</summary>
    public bool HasDuplicates { get; private set; }

    public RevokedEntry? Find(PathCertificate certificate) => entries.GetValueOrDefault((certificate.Issuer, new BigInteger(certificate.SerialNumber.Span, isBigEndian: true)));

    public void Add(DirectoryName issuer, BigInteger serial, RevokedEntry entry) => HasDuplicates |= !entries.TryAdd((issuer, serial), entry);
}

/// <summary>One revoked certificate.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">CRLReason, or null.</param>
/// <param name="UnknownCritical">OID of a critical entry extension that is not known: the list must not be used for it.</param>
internal sealed record RevokedEntry(DateTimeOffset At, int? Reason, string? UnknownCritical);
