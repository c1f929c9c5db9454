using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Numerics;
using Org.BouncyCastle.Asn1.Cmp;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>An RFC 3161 request (§2.4.1), read strictly: DER, version 1, one of the digests that are served, no extension.</summary>
/// <param name="Imprint">The MessageImprint as it came, DER.</param>
/// <param name="Nonce">The nonce as it came, DER; null when there is none.</param>
/// <param name="Certificates">Whether the TSA's certificates are wanted in the token.</param>
internal sealed record TimestampRequest(ReadOnlyMemory<byte> Imprint, ReadOnlyMemory<byte>? Nonce, bool Certificates)
{
    /// <summary>Largest request in bytes: a SHA-512 imprint, a policy and a nonce need some 150.</summary>
    public const int Largest = 1024;

    /// <summary>A nonce of 64 bits is the rule (EN 319 422 §4.1.2 demands that one be supported); longer ones than this are somebody's payload.</summary>
    private const int LargestNonceBits = 256;

    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>EN 319 422 §4.1.1 by way of TS 119 312, and SM3 of GB/T 20520: length of the digest by its identifier.</summary>
    private static readonly FrozenDictionary<string, int> Served = new[]
    {
        HashFunction.Sha256, HashFunction.Sha384, HashFunction.Sha512, HashFunction.Sha3Bits256, HashFunction.Sha3Bits384, HashFunction.Sha3Bits512, HashFunction.Sm3,
    }.ToFrozenDictionary(h => h.Identifier().Algorithm.Id, h => h.Size(), StringComparer.Ordinal);

    /// <summary>The request, or the failure that the protocol has for it with a sentence.</summary>
    public static (TimestampRequest? Request, int Failure, string Why) Read(ReadOnlySpan<byte> der)
    {
        try
        {
            return der.Length > Largest
                ? (null, PkiFailureInfo.BadDataFormat, FormattableString.Invariant($"A TimeStampReq of at most {Largest} bytes is expected."))
                : ReadParts(new AsnReader(der.ToArray(), AsnEncodingRules.DER));
        }
        catch (AsnContentException)
        {
            return (null, PkiFailureInfo.BadDataFormat, "Not a TimeStampReq in DER.");
        }
    }

    private static (TimestampRequest? Request, int Failure, string Why) ReadParts(AsnReader reader)
    {
        var parts = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        // The version first: of another version the rest may mean something else.
        if (!parts.TryReadInt32(out var version) || version != 1)
        {
            return (null, PkiFailureInfo.BadRequest, "Only version 1 is served.");
        }

        var imprint = parts.ReadEncodedValue();
        var (hash, length) = ReadImprint(imprint);
        if (!Served.TryGetValue(hash, out var expected))
        {
            return (null, PkiFailureInfo.BadAlg, "SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512 or SM3 is expected.");
        }

        var policy = Next(parts, Asn1Tag.ObjectIdentifier) ? parts.ReadObjectIdentifier() : null;
        // The cast matters: a bare null would become an empty memory.
        var nonce = Next(parts, Asn1Tag.Integer) ? parts.PeekEncodedValue() : (ReadOnlyMemory<byte>?)null;
        var nonceBits = nonce is null ? 0 : new BigInteger(parts.ReadIntegerBytes().Span, isUnsigned: false, isBigEndian: true).GetBitLength();
        var certificates = Next(parts, Asn1Tag.Boolean) && parts.ReadBoolean();
        var extended = Next(parts, Extensions);
        if (extended)
        {
            parts.ReadEncodedValue();
        }

        parts.ThrowIfNotEmpty();
        return length != expected ? (null, PkiFailureInfo.BadDataFormat, "The imprint has the wrong length.")
            : nonceBits > LargestNonceBits ? (null, PkiFailureInfo.BadDataFormat, FormattableString.Invariant($"A nonce has at most {LargestNonceBits} bits."))
            : policy is not null && policy != TimestampAuthority.Policy.Id ? (null, PkiFailureInfo.UnacceptedPolicy, $"Only policy {TimestampAuthority.Policy.Id} is served.")
            : extended ? (null, PkiFailureInfo.UnacceptedExtension, "No extension is served, critical or not (RFC 3161 §2.4.1).")
            : (new TimestampRequest(imprint, nonce, certificates), 0, "");
    }

    /// <summary>The identifier of the digest, whose parameters are absent or NULL (RFC 5754 §2), and its length.</summary>
    private static (string Hash, int Length) ReadImprint(ReadOnlyMemory<byte> der)
    {
        var imprint = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var algorithm = imprint.ReadSequence();
        var hash = algorithm.ReadObjectIdentifier();
        if (algorithm.HasData)
        {
            algorithm.ReadNull();
        }

        algorithm.ThrowIfNotEmpty();
        var digest = imprint.ReadOctetString();
        imprint.ThrowIfNotEmpty();
        return (hash, digest.Length);
    }

    private static bool Next(AsnReader parts, Asn1Tag tag) => parts.HasData && parts.PeekTag().HasSameClassAndValue(tag);
}
