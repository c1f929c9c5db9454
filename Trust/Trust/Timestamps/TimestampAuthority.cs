using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Clocks;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>
/// Answers RFC 3161 requests (GB/T 20520 for SM) with tokens of one suite, by the profile of ETSI EN 319 422: accuracy stated, no ordering, the
/// TSA named by its subject, ESSCertIDv2 (RFC 5816), the serial 128 random bits, so that nodes need not speak to each other. Safe for concurrent use.
/// </summary>
public sealed class TimestampAuthority
{
    /// <summary>Policy of the development TSA: an arc under 2.25 (a UUID as number, ITU-T X.667), documented in <c>Trust/README.md</c>.</summary>
    public static readonly DerObjectIdentifier Policy = new("2.25.301764288471239604893170911453920473221.1.1");

    /// <summary>Accuracy that is stated for a clock that is only declared to be right.</summary>
    private static readonly TimeSpan DeclaredAccuracy = TimeSpan.FromSeconds(1);

    private static readonly byte[] EncodedPolicy = Policy.GetDerEncoded();

    private readonly (DateTime From, DateTime To) validity;
    private readonly IVouchedClock clock;
    private readonly PreparedSignature signature;
    private readonly byte[] accuracy;
    private readonly byte[] name;

    /// <summary>An authority with a watched clock.</summary>
    /// <param name="signer">The TSA's key.</param>
    /// <param name="certificates">The TSA's certificate (extended key usage timeStamping, critical, alone: RFC 3161 §2.3) and its chain.</param>
    /// <param name="clock">The clock that is vouched for.</param>
    /// <exception cref="CryptographicException">The certificate is of another key, or no TSA's.</exception>
    public TimestampAuthority(ISigner signer, IReadOnlyList<X509Certificate> certificates, IVouchedClock clock)
    {
        CertificateKeys.RequireMatch(signer, certificates[0]);
        if (!TimestampingCertificate.Is(certificates[0]))
        {
            throw new CryptographicException("The certificate is no TSA's: its one extended key usage must be timeStamping, critical.");
        }

        var certificate = certificates[0];
        validity = (certificate.NotBefore, certificate.NotAfter);
        this.clock = clock;
        signature = new PreparedSignature(signer, certificates, PkcsObjectIdentifiers.IdCTTstInfo);
        accuracy = Stated(clock.Accuracy).GetDerEncoded();
        name = new DerTaggedObject(isExplicit: true, 0, new GeneralName(certificate.SubjectDN)).GetDerEncoded();
    }

    /// <summary>An authority whose clock is declared to be right within a second.</summary>
    /// <param name="signer">The TSA's key.</param>
    /// <param name="certificates">The TSA's certificate and its chain.</param>
    /// <param name="time">The clock.</param>
    public TimestampAuthority(ISigner signer, IReadOnlyList<X509Certificate> certificates, TimeProvider time)
        : this(signer, certificates, new DeclaredClock(time, DeclaredAccuracy))
    {
    }

    /// <summary>Answers a request; a bad one gets a rejection, as the protocol has it, and never an exception.</summary>
    /// <param name="request">DER TimeStampReq.</param>
    /// <returns>DER TimeStampResp.</returns>
    /// <exception cref="CryptographicException">The key cannot be used now: answer <see cref="SystemFailure"/>.</exception>
    public byte[] Answer(ReadOnlySpan<byte> request)
    {
        var (read, failure, why) = TimestampRequest.Read(request);
        if (read is null)
        {
            return Reject(failure, why);
        }

        var now = clock.Read();
        return !now.Sure ? Reject(PkiFailureInfo.TimeNotAvailable, "The clock is not sure of the time now.")
            : now.Time.UtcDateTime < validity.From || now.Time.UtcDateTime > validity.To ? Reject(PkiFailureInfo.SystemFailure, "The TSA's certificate is not valid now.")
            : Grant(read, now.Time);
    }

    /// <summary>The rejection for a TSA that cannot sign now.</summary>
    /// <returns>DER TimeStampResp.</returns>
    public static byte[] SystemFailure() => Reject(PkiFailureInfo.SystemFailure, "The TSA cannot sign now; try again later.");

    private static byte[] Reject(int failure, string text) => new TimeStampResp(
        new PkiStatusInfo((int)PkiStatus.Rejection, new PkiFreeText(text), new PkiFailureInfo(failure)), timeStampToken: null).GetDerEncoded();

    private static Accuracy Stated(TimeSpan accuracy) => new(
        accuracy.TotalSeconds >= 1 ? DerInteger.ValueOf((long)accuracy.TotalSeconds) : null,
        accuracy.Milliseconds > 0 ? DerInteger.ValueOf(accuracy.Milliseconds) : null,
        micros: null);

    private byte[] Grant(TimestampRequest request, DateTimeOffset now)
    {
        var info = Info(request, now);
        var token = signature.Sign(signature.Hash.Hash(info), info, request.Certificates);
        var response = new AsnWriter(AsnEncodingRules.DER, initialCapacity: token.Length + 32);
        using (response.PushSequence())
        {
            using (response.PushSequence())
            {
                response.WriteInteger((int)PkiStatus.Granted);
            }

            response.WriteEncodedValue(token);
        }

        return response.Encode();
    }

    /// <summary>TSTInfo (§2.4.2). The serial is 128 random bits; time in milliseconds, which the accuracy does not reach anyway.</summary>
    private byte[] Info(TimestampRequest request, DateTimeOffset now)
    {
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        var info = new AsnWriter(AsnEncodingRules.DER, initialCapacity: 512);
        using (info.PushSequence())
        {
            info.WriteInteger(1);
            info.WriteEncodedValue(EncodedPolicy);
            info.WriteEncodedValue(request.Imprint.Span);
            info.WriteInteger(new BigInteger(serial, isUnsigned: true, isBigEndian: true));
            info.WriteGeneralizedTime(new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero));
            info.WriteEncodedValue(accuracy);
            if (request.Nonce is { } nonce)
            {
                info.WriteEncodedValue(nonce.Span);
            }

            info.WriteEncodedValue(name);
        }

        return info.Encode();
    }
}
