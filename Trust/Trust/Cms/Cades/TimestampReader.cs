using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Tsp;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>Reads RFC 3161 tokens for the validation engine.</summary>
public static class TimestampReader
{
    /// <summary>Reads. What cannot be read comes out with a format finding, never as an exception.</summary>
    /// <param name="token">DER ContentInfo.</param>
    /// <param name="id">For reports.</param>
    /// <param name="stamped">Digest of the stamped data by a hash; null when the data is not at hand.</param>
    /// <param name="proves">What the token proves to exist.</param>
    public static TimestampUnderValidation Read(ReadOnlyMemory<byte> token, string id, Func<HashFunction, ReadOnlyMemory<byte>?> stamped, IReadOnlyList<EvidenceKey> proves)
    {
        var key = EvidenceKey.Of(token.Span);
        try
        {
            var data = CadesReader.Parse(token);
            if (!data.EncapContentInfo.ContentType.Equals(PkcsObjectIdentifiers.IdCTTstInfo) || data.EncapContentInfo.Content is null || data.SignerInfos.Count != 1)
            {
                throw new CryptographicException("Not a timestamp token with one signer.");
            }

            var info = TstInfo.GetInstance(Asn1OctetString.GetInstance(data.EncapContentInfo.Content).GetOctets());
            var hash = Digests.OfIdentifier(info.MessageImprint.HashAlgorithm) ?? throw new CryptographicException("The imprint's hash is not known.");
            var signature = CadesReader.Read(token, null, id)[0];
            var imprint = new SignedObject("stamped data", hash, info.MessageImprint.GetHashedMessage(), stamped(hash));
            return new TimestampUnderValidation
            {
                Signature = signature with { Id = id, Format = "RFC 3161", IsTimestamp = true, Objects = [.. signature.Objects, imprint], Rules = [Authority(signature)] },
                Time = new DateTimeOffset(info.GenTime.ToDateTime().ToUniversalTime(), TimeSpan.Zero),
                Proves = proves,
                Key = key,
            };
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            var finding = e is CryptographicException ? e.Message : "Not a timestamp token.";
            return new TimestampUnderValidation { Signature = SignatureUnderValidation.Unreadable(id, "RFC 3161", finding), Time = DateTimeOffset.MaxValue, Proves = [], Key = key };
        }
    }

    /// <summary>The one extended key usage of a TSA is timeStamping, and it is critical (RFC 3161 §2.3).</summary>
    private static FormatRule Authority(SignatureUnderValidation signature)
    {
        var certificate = signature.Certificates.FirstOrDefault(c => signature.Signer?.Names(c) ?? false);
        var kept = certificate is null || TimestampingCertificate.Is(CertificateReading.Read(certificate.Encoded.Span));
        return new FormatRule("timestamp.authority", "时间戳机构证书", "Timestamp authority's certificate", kept);
    }
}
