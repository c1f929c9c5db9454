using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies;

/// <summary>What every certificate of the ceremony says alike.</summary>
/// <param name="Version">Format version, 1.</param>
/// <param name="Organisation">Organisation of the roots' names.</param>
/// <param name="Name">Beginning of the roots' common names.</param>
/// <param name="Address">Public base address under which the online server publishes <c>/crl/…</c> and <c>/ca/…</c>.</param>
public sealed record CeremonySettings(int Version, string Organisation, string Name, Uri Address)
{
    private const int LongestName = 64;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, WriteIndented = true };

    /// <summary>Reads settings.</summary>
    /// <exception cref="CeremonyException">Malformed (<see cref="CeremonyException.Directory"/>).</exception>
    public static CeremonySettings Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            if (JsonSerializer.Deserialize<CeremonySettings>(utf8, Json) is { Version: 1 } settings)
            {
                return settings.Checked();
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new CeremonyException(CeremonyException.Directory, "The settings of the ceremony are malformed.", "仪式设置格式错误。");
    }

    /// <summary>These settings, when names and address can stand in a certificate (RFC 5280 upper bounds).</summary>
    /// <exception cref="CeremonyException">They cannot (<see cref="CeremonyException.Directory"/>).</exception>
    public CeremonySettings Checked() =>
        Organisation is { Length: > 0 and <= LongestName } && Name is { Length: > 0 and <= LongestName - 20 } && Address is { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? this
            : throw new CeremonyException(CeremonyException.Directory, "Names of at most 64 characters and an http address are needed.", "名称不超过 64 个字符，地址须为 http 或 https。");

    /// <summary>UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    internal Uri CrlAddress(string root) => new($"{Address.AbsoluteUri.TrimEnd('/')}/crl/{root}.crl");

    internal Uri CertificateAddress(string root) => new($"{Address.AbsoluteUri.TrimEnd('/')}/ca/{root}.cer");

    internal string CommonName(SignatureSuite suite, int generation) => FormattableString.Invariant($"{Name} {(suite == SignatureSuite.Sm ? "SM2" : "ECDSA")} G{generation}");

    internal static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
