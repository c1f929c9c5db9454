using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Tsp;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>An RFC 3161 request (§2.4.1), read strictly: DER, version 1, one of the digests that are served, no extension.</summary>
internal sealed class TimestampRequest
{
    /// <summary>Largest request in bytes: a SHA-512 imprint, a policy and a nonce need some 150.</summary>
    public const int Largest = 1024;

    /// <summary>A nonce of 64 bits is the rule (EN 319 422 §4.1.2 demands that one be supported); longer ones than this are somebody's payload.</summary>
    private const int LargestNonceBits = 256;

    /// <summary>EN 319 422 §4.1.1 by way of TS 119 312, and SM3 of GB/T 20520.</summary>
    private static readonly HashSet<HashFunction> Served =
        [HashFunction.Sha256, HashFunction.Sha384, HashFunction.Sha512, HashFunction.Sha3Bits256, HashFunction.Sha3Bits384, HashFunction.Sha3Bits512, HashFunction.Sm3];

    private TimestampRequest(TimeStampReq query) => Query = query;

    public TimeStampReq Query { get; }

    /// <summary>The request, or the failure that the protocol has for it with a sentence.</summary>
    public static (TimestampRequest? Request, int Failure, string Why) Read(ReadOnlySpan<byte> der)
    {
        try
        {
            return ReadParsed(der.ToArray());
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return (null, PkiFailureInfo.BadDataFormat, "Not a TimeStampReq.");
        }
    }

    private static (TimestampRequest? Request, int Failure, string Why) ReadParsed(byte[] der)
    {
        if (der.Length > Largest)
        {
            return (null, PkiFailureInfo.BadDataFormat, FormattableString.Invariant($"A TimeStampReq of at most {Largest} bytes is expected."));
        }

        StrictDer.Demand(der);
        var parsed = Asn1Object.FromByteArray(der);

        // The version first: of another version the rest may mean something else.
        if (Asn1Sequence.GetInstance(parsed)[0] is not DerInteger version || !version.HasValue(1))
        {
            return (null, PkiFailureInfo.BadRequest, "Only version 1 is served.");
        }

        var query = TimeStampReq.GetInstance(parsed);
        var imprint = query.MessageImprint;
        return Digests.OfIdentifier(imprint.HashAlgorithm) is not { } hash || !Served.Contains(hash) ? (null, PkiFailureInfo.BadAlg, "SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512 or SM3 is expected.")
            : imprint.GetHashedMessage().Length != hash.Size() ? (null, PkiFailureInfo.BadDataFormat, "The imprint has the wrong length.")
            : query.Nonce is { } nonce && nonce.Value.BitLength > LargestNonceBits ? (null, PkiFailureInfo.BadDataFormat, FormattableString.Invariant($"A nonce has at most {LargestNonceBits} bits."))
            : query.ReqPolicy is { } policy && !policy.Equals(TimestampAuthority.Policy) ? (null, PkiFailureInfo.UnacceptedPolicy, $"Only policy {TimestampAuthority.Policy.Id} is served.")
            : query.Extensions is not null ? (null, PkiFailureInfo.UnacceptedExtension, "No extension is served, critical or not (RFC 3161 §2.4.1).")
            : (new TimestampRequest(query), 0, "");
    }
}
