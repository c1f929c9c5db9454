using System.Formats.Asn1;

namespace Yinxin.Seal.Ses;

/// <summary>A seal applied to a document (SES_Signature, GB/T 38540-2020 §7, version 4), read strictly.</summary>
public sealed record SesSignature
{
    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The whole signature, DER.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>DER of toSign: the bytes that the signer signed.</summary>
    public required ReadOnlyMemory<byte> SignedPart { get; init; }

    /// <summary>The seal inside.</summary>
    public required SesSeal Seal { get; init; }

    /// <summary>When it was applied, as the signer says.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>SM3 of the protected original, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> DataHash { get; init; }

    /// <summary>What the original is.</summary>
    public required string Property { get; init; }

    /// <summary>DER certificate of the signer.</summary>
    public required ReadOnlyMemory<byte> SignerCertificate { get; init; }

    /// <summary>Object identifier of the signature algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The signature value; a timestamp covers it.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>RFC 3161 token over <see cref="Signature"/>, or null.</summary>
    public ReadOnlyMemory<byte>? Timestamp { get; init; }

    /// <summary>Reads a signature.</summary>
    /// <exception cref="SesFormatException">Not a signature of version 4.</exception>
    public static SesSignature Read(ReadOnlyMemory<byte> der) => SesReading.Guard(der, "signature.format", reader =>
    {
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var signedPart = sequence.PeekEncodedValue();
        var toSign = sequence.ReadSequence();
        var version = (int)toSign.ReadInteger();
        SesReading.Demand(version == 4, "seal.version", $"version {version} is not supported");
        var seal = SesSeal.Read(toSign);
        var time = SesReading.Time(toSign);
        var hash = SesReading.Bits(toSign);
        var property = toSign.ReadCharacterString(UniversalTagNumber.IA5String);
        SesReading.SkipExtensions(toSign, Context0);
        toSign.ThrowIfNotEmpty();
        var certificate = sequence.ReadOctetString();
        var algorithm = sequence.ReadObjectIdentifier();
        var signature = SesReading.Bits(sequence);
        ReadOnlyMemory<byte>? timestamp = null;
        if (sequence.HasData)
        {
            var wrapped = sequence.ReadSequence(Context0);
            timestamp = SesReading.Bits(wrapped);
            wrapped.ThrowIfNotEmpty();
        }

        sequence.ThrowIfNotEmpty();
        SesReading.Demand(hash.Length == 32, "signature.format", "dataHash is not 32 bytes");
        return new SesSignature
        {
            Encoded = der,
            SignedPart = signedPart,
            Seal = seal,
            Time = time,
            DataHash = hash,
            Property = property,
            SignerCertificate = certificate,
            Algorithm = algorithm,
            Signature = signature,
            Timestamp = timestamp,
        };
    });

    internal static byte[] WriteSignedPart(ReadOnlyMemory<byte> seal, DateTimeOffset time, ReadOnlySpan<byte> dataHash, string property)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(4);
            // The bytes of the seal are the seal: written as they were received.
            writer.WriteEncodedValue(seal.Span);
            writer.WriteGeneralizedTime(time.ToUniversalTime(), omitFractionalSeconds: true);
            writer.WriteBitString(dataHash);
            writer.WriteCharacterString(UniversalTagNumber.IA5String, property);
        }

        return writer.Encode();
    }

    internal static byte[] Write(ReadOnlySpan<byte> signedPart, ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> timestamp)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(signedPart);
            writer.WriteOctetString(certificate);
            writer.WriteObjectIdentifier(SesSeal.SignatureAlgorithm);
            writer.WriteBitString(signature);
            if (!timestamp.IsEmpty)
            {
                using (writer.PushSequence(Context0))
                {
                    writer.WriteBitString(timestamp);
                }
            }
        }

        return writer.Encode();
    }
}
