using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>TSTInfo (RFC 3161 §2.4.2), read strictly.</summary>
internal sealed class TimestampInfo
{
    private const int LargestSerialBits = 160;

    private TimestampInfo(TstInfo info, HashFunction hash)
    {
        Imprint = info.MessageImprint.GetHashedMessage();
        Hash = hash;
        Time = new DateTimeOffset(info.GenTime.ToDateTime().ToUniversalTime(), TimeSpan.Zero);
        Accuracy = Span(info.Accuracy);
        Serial = info.SerialNumber.Value.ToString(16);
        Policy = info.Policy.Id;
        Nonce = info.Nonce;
    }

    public HashFunction Hash { get; }

    public byte[] Imprint { get; }

    public DateTimeOffset Time { get; }

    public TimeSpan? Accuracy { get; }

    public string Serial { get; }

    public string Policy { get; }

    public DerInteger? Nonce { get; }

    /// <summary>Reads the content of a token.</summary>
    /// <exception cref="CryptographicException">Malformed, with a digest that is unknown or of another length, a critical extension, or a TSA name that is not its certificate's.</exception>
    public static TimestampInfo Read(byte[] content, X509Certificate signer)
    {
        try
        {
            StrictDer.Demand(content);
            var info = TstInfo.GetInstance(Asn1Object.FromByteArray(content));
            var hash = Digests.OfIdentifier(info.MessageImprint.HashAlgorithm);
            return hash is { } known && IsSound(info, known, signer)
                ? new TimestampInfo(info, known) : throw new CryptographicException("Not a timestamp token.");
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a timestamp token.", e);
        }
    }

    private static bool IsSound(TstInfo info, HashFunction hash, X509Certificate signer) =>
        info.Version.HasValue(1)
        && info.MessageImprint.GetHashedMessage().Length == hash.Size()
        && info.SerialNumber.Value is { SignValue: > 0 } serial && serial.BitLength <= LargestSerialBits
        && IsDer(info.GenTime.TimeString)
        && IsInRange(info.Accuracy?.Millis) && IsInRange(info.Accuracy?.Micros) && (info.Accuracy?.Seconds is not { } seconds || seconds.Value is { SignValue: >= 0, BitLength: < 31 })
        && (info.Tsa is null || (info.Tsa.TagNo == GeneralName.DirectoryName && X509Name.GetInstance(info.Tsa.Name).Equivalent(signer.SubjectDN, inOrder: true)))
        && (info.Extensions is null || info.Extensions.GetCriticalExtensionOids().Length == 0);

    /// <summary>Zulu, with seconds, and a fraction only when it does not end in zero (§2.4.2, X.690 §11.7).</summary>
    private static bool IsDer(string time) => time.EndsWith('Z') && time.IndexOf('.', StringComparison.Ordinal) switch
    {
        -1 => time.Length == 15,
        14 => time.Length > 16 && time[^2] != '0',
        _ => false,
    };

    private static bool IsInRange(DerInteger? part) => part is null || (part.Value.BitLength <= 10 && part.IntValueExact is > 0 and < 1000);

    private static TimeSpan? Span(Accuracy? accuracy) => accuracy is null ? null
        : TimeSpan.FromSeconds(accuracy.Seconds?.IntValueExact ?? 0) + TimeSpan.FromMilliseconds(accuracy.Millis?.IntValueExact ?? 0) + TimeSpan.FromMicroseconds(accuracy.Micros?.IntValueExact ?? 0);
}
