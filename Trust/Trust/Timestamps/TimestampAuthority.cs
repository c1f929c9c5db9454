using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>Answers RFC 3161 requests (GB/T 20520 for SM) with tokens of one suite.</summary>
/// <param name="signer">The TSA's key.</param>
/// <param name="certificates">The TSA's certificate (extended key usage timeStamping, critical, alone) and its chain.</param>
/// <param name="time">The clock that is vouched for.</param>
public sealed class TimestampAuthority(ISigner signer, IReadOnlyList<X509Certificate> certificates, TimeProvider time)
{
    /// <summary>Policy of the development TSA: an arc under 2.25 (a UUID as number, ITU-T X.667), documented in <c>Trust/README.md</c>.</summary>
    public static readonly DerObjectIdentifier Policy = new("2.25.301764288471239604893170911453920473221.1.1");

    private static readonly DerObjectIdentifier[] AcceptedImprints = [SuiteIdentifiers.Sha256, SuiteIdentifiers.Sm3, new("2.16.840.1.101.3.4.2.2"), new("2.16.840.1.101.3.4.2.3")];

    /// <summary>Answers a request; a bad one gets a rejection, as the protocol has it, and never an exception.</summary>
    /// <param name="request">DER TimeStampReq.</param>
    /// <returns>DER TimeStampResp.</returns>
    public byte[] Answer(ReadOnlySpan<byte> request)
    {
        TimeStampReq query;
        try
        {
            StrictDer.Demand(request);
            query = TimeStampReq.GetInstance(Asn1Object.FromByteArray(request.ToArray()));
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return Reject(PkiFailureInfo.BadDataFormat, "Not a TimeStampReq.");
        }

        if (!AcceptedImprints.Contains(query.MessageImprint.HashAlgorithm.Algorithm))
        {
            return Reject(PkiFailureInfo.BadAlg, "SHA-256, SHA-384, SHA-512 or SM3 is expected.");
        }

        if (query.MessageImprint.GetHashedMessage().Length != DigestLength(query.MessageImprint.HashAlgorithm.Algorithm))
        {
            return Reject(PkiFailureInfo.BadDataFormat, "The imprint has the wrong length.");
        }

        if (query.ReqPolicy is { } policy && !policy.Equals(Policy))
        {
            return Reject(PkiFailureInfo.UnacceptedPolicy, $"Only policy {Policy.Id} is served.");
        }

        if (query.Extensions is not null)
        {
            return Reject(PkiFailureInfo.UnacceptedExtension, "No extension is served.");
        }

        return Grant(query);
    }

    private static int DigestLength(DerObjectIdentifier algorithm) => algorithm.Id switch
    {
        "2.16.840.1.101.3.4.2.2" => 48,
        "2.16.840.1.101.3.4.2.3" => 64,
        _ => Digests.Length,
    };

    private static byte[] Reject(int failure, string text) => new TimeStampResp(
        new PkiStatusInfo((int)PkiStatus.Rejection, new PkiFreeText(text), new PkiFailureInfo(failure)), timeStampToken: null).GetDerEncoded();

    private byte[] Grant(TimeStampReq query)
    {
        // Random, 127 bits: unique across nodes without asking anyone.
        var serial = new BigInteger(1, RandomNumberGenerator.GetBytes(16)).ShiftRight(1);
        var now = time.GetUtcNow();
        var info = new TstInfo(
            Policy,
            query.MessageImprint,
            new DerInteger(serial),
            new DerGeneralizedTime(now.ToString("yyyyMMddHHmmss.fff", System.Globalization.CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.') + "Z"),
            new Accuracy(DerInteger.ValueOf(1), millis: null, micros: null),
            ordering: null,
            query.Nonce,
            new GeneralName(certificates[0].SubjectDN),
            extensions: null);
        var token = CmsSignatures.CreateAttached(signer, certificates, query.CertReq?.IsTrue ?? false, PkcsObjectIdentifiers.IdCTTstInfo, info.GetDerEncoded());
        return new TimeStampResp(new PkiStatusInfo((int)PkiStatus.Granted), Org.BouncyCastle.Asn1.Cms.ContentInfo.GetInstance(token)).GetDerEncoded();
    }
}
