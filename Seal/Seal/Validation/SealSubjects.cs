using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Yinxin.Seal.Ses;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation.Subjects;

namespace Yinxin.Seal.Validation;

/// <summary>Seals and seal signatures as the validation engine sees them.</summary>
internal static class SealSubjects
{
    /// <summary>r and s without DER, as some producers write them.</summary>
    public const int RawLength = 64;

    private const string Format = "GB/T 38540";

    /// <summary>The signature of a document; the seal, which is signed with it, lists who may sign.</summary>
    public static SignatureUnderValidation Signature(SesSignature signature, byte[] dataHash)
    {
        var value = Value(signature.Signature);
        return Subject("seal-signature", signature.SignerCertificate, signature.Algorithm, signature.SignedPart, value) with
        {
            Objects = [new SignedObject("original", HashFunction.Sm3, signature.DataHash, dataHash)],
            ClaimedTime = signature.Time,
            SignatureTimestamps = signature.Timestamp is { } token ? [Timestamp(token, signature.Signature, EvidenceKey.Of(value))] : [],
        };
    }

    /// <summary>The signature of a seal by its maker.</summary>
    public static SignatureUnderValidation Maker(SesSeal seal) => Subject("seal", seal.MakerCertificate, seal.Algorithm, seal.SignedInfo, Value(seal.Signature)) with { IsRepeated = true };

    private static SignatureUnderValidation Subject(string id, ReadOnlyMemory<byte> certificate, string algorithm, ReadOnlyMemory<byte> signed, byte[] value)
    {
        PathCertificate? read = null;
        try
        {
            read = PathCertificate.Read(certificate);
        }
        catch (CryptographicException)
        {
            // Without a certificate the engine finds no signer, and says so.
        }

        return new SignatureUnderValidation
        {
            Id = id,
            Format = Format,
            SignedBytes = signed,
            Value = value,
            BindsCertificate = true,
            Certificates = read is null ? [] : [read],
            Algorithm = algorithm == SesSeal.SignatureAlgorithm ? SignatureAlgorithm.Sm2.Identifier() : null,
        };
    }

    private static TimestampUnderValidation Timestamp(ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> stamped, EvidenceKey proves)
    {
        const string id = "seal-signature/signature-timestamp-1";
        try
        {
            // In its one form only, so that a changed byte shows.
            TimestampToken.Read(token.Span);
            return TimestampReader.Read(token, id, hash => hash.Hash(stamped.Span), [proves]);
        }
        catch (CryptographicException e)
        {
            return new TimestampUnderValidation { Signature = SignatureUnderValidation.Unreadable(id, "RFC 3161", e.Message), Time = DateTimeOffset.MaxValue, Proves = [], Key = EvidenceKey.Of(token.Span) };
        }
    }

    private static byte[] Value(ReadOnlyMemory<byte> signature)
    {
        if (signature.Length != RawLength)
        {
            return signature.ToArray();
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(signature.Span[..32], isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(signature.Span[32..], isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }
}
