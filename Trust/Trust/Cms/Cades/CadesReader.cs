using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>
/// Reads CMS and CAdES signatures (RFC 5652, ETSI EN 319 122-1) of anyone for the validation engine, one subject for each signer. More lenient than
/// <see cref="CmsReading"/>, which reads our own in their one form: several signers, any unsigned attributes, revocation data inside.
/// </summary>
public static class CadesReader
{
    private const int Largest = 16 * 1024 * 1024;
    private const int MostSigners = 100;
    private const int MostCertificates = 500;

    /// <summary>SignedData of GM/T 0010 beside that of RFC 5652.</summary>
    private static readonly DerObjectIdentifier SmSignedData = new("1.2.156.10197.6.1.4.2.2");

    /// <summary>Reads. What cannot be read comes out as one subject with a format finding, never as an exception.</summary>
    /// <param name="cms">BER or DER ContentInfo.</param>
    /// <param name="content">The content when it lies outside; null when it lies inside or is not at hand.</param>
    /// <param name="id">Prefix of the subjects' ids.</param>
    public static IReadOnlyList<SignatureUnderValidation> Read(ReadOnlyMemory<byte> cms, DetachedContent? content, string id = "signature")
    {
        try
        {
            return ReadSigners(cms, content, id);
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return [SignatureUnderValidation.Unreadable(id + "-1", "CAdES", e is CryptographicException ? e.Message : "Not a CMS SignedData.")];
        }
    }

    /// <summary>The signature timestamp tokens of the first signer, DER, in the order of its subject.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> SignatureTimestampTokens(ReadOnlyMemory<byte> cms)
    {
        try
        {
            var signer = SignerInfo.GetInstance(Parse(cms).SignerInfos[0]);
            return [.. CadesAttributes.Values(signer.UnsignedAttrs, CadesAttributes.SignatureTimestamp).Select(t => (ReadOnlyMemory<byte>)t.GetDerEncoded())];
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return [];
        }
    }

    internal static SignedData Parse(ReadOnlyMemory<byte> cms)
    {
        if (cms.Length > Largest)
        {
            throw new CryptographicException("The CMS structure is too large.");
        }

        var info = ContentInfo.GetInstance(Asn1Object.FromByteArray(cms.ToArray()));
        return info.ContentType.Equals(CmsObjectIdentifiers.SignedData) || info.ContentType.Equals(SmSignedData)
            ? SignedData.GetInstance(info.Content) : throw new CryptographicException("Not a CMS SignedData.");
    }

    private static List<SignatureUnderValidation> ReadSigners(ReadOnlyMemory<byte> cms, DetachedContent? content, string id)
    {
        var data = Parse(cms);
        if (data.SignerInfos.Count is 0 or > MostSigners)
        {
            throw new CryptographicException($"1 to {MostSigners} signers are expected.");
        }

        var inside = data.EncapContentInfo.Content is { } octets ? DetachedContent.Of(Asn1OctetString.GetInstance(octets).GetOctets()) : null;
        if (inside is not null && content is not null && inside.Digest(HashFunction.Sha256)?.Span.SequenceEqual((content.Digest(HashFunction.Sha256) ?? default).Span) is false)
        {
            throw new CryptographicException("There is content inside and outside, and they differ.");
        }

        var certificates = Certificates(data);
        var passedOver = (data.Certificates?.Count ?? 0) - certificates.Count;
        var revocation = Revocation(data);
        return [.. data.SignerInfos.Select((s, i) => new CadesSigner(data, SignerInfo.GetInstance(s), inside ?? content, FormattableString.Invariant($"{id}-{i + 1}")).Read(certificates, revocation) with { CertificatesPassedOver = passedOver })];
    }

    private static List<PathCertificate> Certificates(SignedData data)
    {
        var certificates = new List<PathCertificate>();
        foreach (var entry in (data.Certificates ?? DerSet.Empty).Take(MostCertificates))
        {
            // Attribute certificates and a stranger's malformed one are passed over: they may be for others.
            if (entry.ToAsn1Object() is Asn1Sequence && TryRead(() => PathCertificate.Read(entry.GetDerEncoded())) is { } certificate)
            {
                certificates.Add(certificate);
            }
        }

        return certificates;
    }

    private static List<RevocationEvidence> Revocation(SignedData data)
    {
        var evidence = new List<RevocationEvidence>();
        foreach (var entry in (data.CRLs ?? DerSet.Empty).Take(MostCertificates))
        {
            if (entry.ToAsn1Object() is Asn1TaggedObject { TagNo: 1 } other)
            {
                evidence.AddRange(Ocsp(other));
            }
            else if (entry.ToAsn1Object() is Asn1Sequence && TryRead(() => CrlEvidence.Read(entry.GetDerEncoded())) is { } list)
            {
                evidence.Add(list);
            }
        }

        return evidence;
    }

    /// <summary>OtherRevocationInfoFormat with an OCSP response (RFC 5940).</summary>
    private static IReadOnlyList<OcspEvidence> Ocsp(Asn1TaggedObject tagged)
    {
        var other = Asn1Sequence.GetInstance(tagged, declaredExplicit: false);
        return other.Count == 2 && CadesMaterial.OcspResponse.Equals(other[0]) ? TryRead(() => OcspEvidence.Read(other[1].GetDerEncoded())) ?? [] : [];
    }

    private static T? TryRead<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
