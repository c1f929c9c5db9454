using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Trust.Suites;

namespace Yinxin.License.Documents;

/// <summary>Base metadata of a licence; member names are those of GB/T 36903-2018 interfaces.</summary>
/// <param name="CertificateName">证照名称.</param>
/// <param name="CertificateTypeCode">证照类型代码.</param>
/// <param name="CertificateNumber">证照编号, as printed.</param>
/// <param name="CertificateIdentifier">证照标识.</param>
/// <param name="CertificateIssuingAuthorityName">证照颁发机构.</param>
/// <param name="CertificateIssuingAuthorityCode">证照颁发机构代码, USCC.</param>
/// <param name="CertificateIssuedDate">证照颁发日期, yyyyMMdd.</param>
/// <param name="CertificateHolderName">持证主体.</param>
/// <param name="CertificateHolderCode">持证主体代码.</param>
/// <param name="CertificateHolderTypeName">持证主体代码类型.</param>
/// <param name="CertificateHolderTypeCode">001 credit code, 111 ID number.</param>
/// <param name="CertificateEffectiveDate">有效期起始, yyyyMMdd.</param>
/// <param name="CertificateExpiringDate">有效期截止, yyyyMMdd.</param>
public sealed record LicenseMetadata(
    string CertificateName, string CertificateTypeCode, string CertificateNumber, string CertificateIdentifier,
    string CertificateIssuingAuthorityName, string CertificateIssuingAuthorityCode, string CertificateIssuedDate,
    string CertificateHolderName, string CertificateHolderCode, string CertificateHolderTypeName, string CertificateHolderTypeCode,
    string CertificateEffectiveDate, string CertificateExpiringDate);

/// <summary>The machine-readable licence: metadata, what is on its face, and the department's seal over both. Stands alone and inside the PDF.</summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Metadata">Base metadata.</param>
/// <param name="FaceData">照面信息 by the type's schema.</param>
/// <param name="StatusUrl">Where its status can be asked.</param>
/// <param name="Seal">The seal signature; null before sealing.</param>
public sealed record LicenseDocument(string Format, LicenseMetadata Metadata, IReadOnlyDictionary<string, string> FaceData, Uri StatusUrl, LicenseSeal? Seal)
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string CurrentFormat = "yinxin-licence/1";

    /// <summary>propertyInfo of the seal signature: what was sealed.</summary>
    public const string SealedProperty = "licence.json;canonical=RFC8785;without=seal";

    /// <summary>Name of the attachment in the PDF.</summary>
    public const string FileName = "licence.json";

    private const int Largest = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 8,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };

    /// <summary>SM3 over the canonical bytes of everything but the seal.</summary>
    public byte[] SealedDigest()
    {
        using var document = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(this with { Seal = null }, Json));
        return Digests.Sm3(CanonicalJson.Bytes(document.RootElement));
    }

    /// <summary>UTF-8 JSON for people and programs.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a licence; an unknown or doubled member is refused, because no seal would cover it.</summary>
    /// <exception cref="CryptographicException">Not a licence of this format.</exception>
    public static LicenseDocument Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var document = utf8.Length > Largest ? null : JsonSerializer.Deserialize<LicenseDocument>(utf8, Json);
            return document is { Format: CurrentFormat, Metadata: not null, FaceData: not null, StatusUrl: not null }
                ? document
                : throw new CryptographicException($"Not a licence of format {CurrentFormat}.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new CryptographicException("Not a licence.", e);
        }
    }
}

/// <summary>The department's seal over a licence.</summary>
/// <param name="Standard"><c>GB/T 38540-2020</c>.</param>
/// <param name="Property">What was sealed and how its bytes are made.</param>
/// <param name="Signature">Base64 DER SES_Signature.</param>
public sealed record LicenseSeal(string Standard, string Property, string Signature);
