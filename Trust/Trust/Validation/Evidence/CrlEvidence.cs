using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>A full revocation list.</summary>
public sealed class CrlEvidence : RevocationEvidence
{
    /// <summary>X.509 §9.5.2.8.</summary>
    private const string ExpiredCertsOnCrl = "2.5.29.60";

    private readonly RevocationList list;

    /// <summary>From a list as it was read.</summary>
    /// <exception cref="CryptographicException">Its algorithm or its expiredCertsOnCRL cannot be read.</exception>
    public CrlEvidence(RevocationList list)
    {
        this.list = list;
        Key = EvidenceKey.Of(list.Encoded.Span);
        Algorithm = SignedStructure.AlgorithmOf(list.Encoded);
        ExpiredSince = list.Extensions.TryGetValue(ExpiredCertsOnCrl, out var extension) ? ReadTime(extension.Value) : null;
        Source = new CrlSource([list]);
    }

    /// <inheritdoc/>
    public override string Kind => "CRL";

    /// <inheritdoc/>
    public override EvidenceKey Key { get; }

    /// <inheritdoc/>
    public override DateTimeOffset IssuedAt => list.ThisUpdate;

    /// <inheritdoc/>
    public override DateTimeOffset? NextUpdate => list.NextUpdate;

    /// <inheritdoc/>
    public override DateTimeOffset? ExpiredSince { get; }

    /// <inheritdoc/>
    public override AlgorithmIdentifier Algorithm { get; }

    /// <inheritdoc/>
    public override IRevocationSource Source { get; }

    /// <summary>Reads a DER list.</summary>
    /// <exception cref="CryptographicException">It is not one.</exception>
    public static CrlEvidence Read(ReadOnlyMemory<byte> der) => new(RevocationList.Read(der));

    /// <inheritdoc/>
    public override bool MaySpeakFor(PathCertificate certificate) =>
        list.BaseNumber is null && (list.Issuer.Equals(certificate.Issuer) || certificate.DistributionPoints.Any(p => p.Issuers.Any(i => list.Issuer.Equals(i.Directory))));

    private static DateTimeOffset ReadTime(ReadOnlyMemory<byte> value)
    {
        try
        {
            return new AsnReader(value, AsnEncodingRules.DER).ReadGeneralizedTime();
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("expiredCertsOnCRL is malformed.", e);
        }
    }
}
