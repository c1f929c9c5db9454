using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Yinxin.Seal.Ses;

/// <summary>An electronic seal as GB/T 38540-2020 §6 has it (SESeal, version 4), read strictly. The received bytes are kept: they are what was signed.</summary>
public sealed record SesSeal
{
    /// <summary>SM2-with-SM3.</summary>
    internal const string SignatureAlgorithm = "1.2.156.10197.1.501";

    internal const int Largest = 1024 * 1024;

    /// <summary>The whole seal, DER.</summary>
    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>DER of eSealInfo: the bytes that the seal maker signed.</summary>
    public required ReadOnlyMemory<byte> SignedInfo { get; init; }

    /// <summary>The seal's content.</summary>
    public required SesSealInfo Info { get; init; }

    /// <summary>DER certificate of the seal maker.</summary>
    public required ReadOnlyMemory<byte> MakerCertificate { get; init; }

    /// <summary>Object identifier of the maker's signature algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The maker's signature.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Reads a seal.</summary>
    /// <exception cref="SesFormatException">Not a seal of version 4; the code says what is wrong.</exception>
    public static SesSeal Read(ReadOnlyMemory<byte> der) => SesReading.Guard(der, "seal.format", reader =>
    {
        var seal = Read(reader);
        reader.ThrowIfNotEmpty();
        return seal;
    });

    internal static SesSeal Read(AsnReader reader)
    {
        var encoded = reader.PeekEncodedValue();
        var sequence = reader.ReadSequence();
        var info = sequence.PeekEncodedValue();
        var parsed = SesSealInfo.Read(sequence.ReadSequence());
        var certificate = sequence.ReadOctetString();
        var algorithm = sequence.ReadObjectIdentifier();
        var signature = SesReading.Bits(sequence);
        sequence.ThrowIfNotEmpty();
        return new SesSeal { Encoded = encoded, SignedInfo = info, Info = parsed, MakerCertificate = certificate, Algorithm = algorithm, Signature = signature };
    }
}

/// <summary>The signed content of a seal (SES_SealInfo).</summary>
public sealed record SesSealInfo
{
    /// <summary>Version of the structure; 4.</summary>
    public int Version { get; init; } = 4;

    /// <summary>Vendor identifier, ASCII.</summary>
    public string Vendor { get; init; } = "YINXIN";

    /// <summary>Unique number: six digits of the division and eight of a sequence.</summary>
    public required string EsId { get; init; }

    /// <summary>1 statutory name, 2 finance, 3 invoice, 4 contract, 5 legal representative, 99 other; unknown codes are kept.</summary>
    public int Type { get; init; } = 1;

    /// <summary>The text on the seal.</summary>
    public required string Name { get; init; }

    /// <summary>DER certificates of those who may seal (certListType 1); empty when the seal lists digests.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> SignerCertificates { get; init; } = [];

    /// <summary>SM3 digests of signer certificates (certListType 2).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> SignerDigests { get; init; } = [];

    /// <summary>When it was made, UTC, whole seconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Start of validity.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>End of validity.</summary>
    public required DateTimeOffset ValidTo { get; init; }

    /// <summary>E.g. <c>PNG</c>.</summary>
    public string PictureType { get; init; } = "PNG";

    /// <summary>The picture file.</summary>
    public required ReadOnlyMemory<byte> Picture { get; init; }

    /// <summary>Millimetres.</summary>
    public required int WidthMm { get; init; }

    /// <summary>Millimetres.</summary>
    public required int HeightMm { get; init; }

    internal static SesSealInfo Read(AsnReader info)
    {
        var header = info.ReadSequence();
        SesReading.Demand(header.ReadCharacterString(UniversalTagNumber.IA5String) == "ES", "seal.format", "header.id is not ES");
        var version = (int)header.ReadInteger();
        SesReading.Demand(version == 4, "seal.version", $"version {version} is not supported");
        var vendor = header.ReadCharacterString(UniversalTagNumber.IA5String);
        header.ThrowIfNotEmpty();
        var esId = info.ReadCharacterString(UniversalTagNumber.IA5String);
        var property = info.ReadSequence();
        var type = (int)property.ReadInteger();
        var name = property.ReadCharacterString(UniversalTagNumber.UTF8String);
        var listType = (int)property.ReadInteger();
        var (certificates, digests) = SignerList(property.ReadSequence(), listType);
        var created = SesReading.Time(property);
        var from = SesReading.Time(property);
        var to = SesReading.Time(property);
        property.ThrowIfNotEmpty();
        SesReading.Demand(from < to, "seal.format", "validStart is not before validEnd");
        var picture = info.ReadSequence();
        var pictureType = picture.ReadCharacterString(UniversalTagNumber.IA5String).ToUpperInvariant();
        var data = picture.ReadOctetString();
        var width = (int)picture.ReadInteger();
        var height = (int)picture.ReadInteger();
        picture.ThrowIfNotEmpty();
        SesReading.Demand(width is > 0 and <= 200 && height is > 0 and <= 200, "seal.format", "the picture's size is out of bounds");
        SesReading.SkipExtensions(info);
        info.ThrowIfNotEmpty();
        return new SesSealInfo
        {
            Version = version,
            Vendor = vendor,
            EsId = esId,
            Type = type,
            Name = name,
            SignerCertificates = certificates,
            SignerDigests = digests,
            CreatedAt = created,
            ValidFrom = from,
            ValidTo = to,
            PictureType = pictureType,
            Picture = data,
            WidthMm = width,
            HeightMm = height,
        };
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, "ES");
                writer.WriteInteger(Version);
                writer.WriteCharacterString(UniversalTagNumber.IA5String, Vendor);
            }

            writer.WriteCharacterString(UniversalTagNumber.IA5String, EsId);
            using (writer.PushSequence())
            {
                writer.WriteInteger(Type);
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, Name);
                writer.WriteInteger(1);
                using (writer.PushSequence())
                {
                    foreach (var certificate in SignerCertificates)
                    {
                        writer.WriteOctetString(certificate.Span);
                    }
                }

                writer.WriteGeneralizedTime(CreatedAt, omitFractionalSeconds: true);
                writer.WriteGeneralizedTime(ValidFrom, omitFractionalSeconds: true);
                writer.WriteGeneralizedTime(ValidTo, omitFractionalSeconds: true);
            }

            using (writer.PushSequence())
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, PictureType);
                writer.WriteOctetString(Picture.Span);
                writer.WriteInteger(WidthMm);
                writer.WriteInteger(HeightMm);
            }
        }
    }

    private static (List<ReadOnlyMemory<byte>> Certificates, List<ReadOnlyMemory<byte>> Digests) SignerList(AsnReader list, int listType)
    {
        SesReading.Demand(listType is 1 or 2, "seal.format", $"certListType {listType} is unknown");
        var certificates = new List<ReadOnlyMemory<byte>>();
        var digests = new List<ReadOnlyMemory<byte>>();
        while (list.HasData)
        {
            SesReading.Demand(certificates.Count + digests.Count < 100, "seal.format", "the signer list is too long");
            if (listType == 1)
            {
                certificates.Add(list.ReadOctetString());
                continue;
            }

            var digest = list.ReadSequence();
            digest.ReadCharacterString(UniversalTagNumber.PrintableString);
            digests.Add(digest.ReadOctetString());
            digest.ThrowIfNotEmpty();
        }

        return (certificates, digests);
    }
}

/// <summary>The bytes are not the structure that they should be.</summary>
/// <param name="code">One of the codes of <c>Seal/README.md</c>, e.g. <c>seal.format</c>.</param>
/// <param name="message">What is wrong.</param>
/// <param name="inner">Where it came from.</param>
public sealed class SesFormatException(string code, string message, Exception? inner = null) : CryptographicException(message, inner)
{
    /// <summary>Stable code.</summary>
    public string Code { get; } = code;
}
