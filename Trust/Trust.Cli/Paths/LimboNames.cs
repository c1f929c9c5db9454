using System.Text.Json;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli.Paths;

/// <summary>The words of x509-limbo's schema and what they stand for.</summary>
internal static class LimboNames
{
    private static readonly Dictionary<string, KeyUsages> Usages = new(StringComparer.Ordinal)
    {
        ["digitalSignature"] = Certificates.Paths.KeyUsages.DigitalSignature,
        ["contentCommitment"] = Certificates.Paths.KeyUsages.ContentCommitment,
        ["keyEncipherment"] = Certificates.Paths.KeyUsages.KeyEncipherment,
        ["dataEncipherment"] = Certificates.Paths.KeyUsages.DataEncipherment,
        ["keyAgreement"] = Certificates.Paths.KeyUsages.KeyAgreement,
        ["keyCertSign"] = Certificates.Paths.KeyUsages.CertificateSigning,
        ["cRLSign"] = Certificates.Paths.KeyUsages.CrlSigning,
        ["encipherOnly"] = Certificates.Paths.KeyUsages.EncipherOnly,
        ["encipher_only"] = Certificates.Paths.KeyUsages.EncipherOnly,
        ["decipherOnly"] = Certificates.Paths.KeyUsages.DecipherOnly,
        ["decipher_only"] = Certificates.Paths.KeyUsages.DecipherOnly,
    };

    private static readonly Dictionary<string, string> PurposeOids = new(StringComparer.Ordinal)
    {
        ["anyExtendedKeyUsage"] = "2.5.29.37.0",
        ["serverAuth"] = "1.3.6.1.5.5.7.3.1",
        ["clientAuth"] = "1.3.6.1.5.5.7.3.2",
        ["codeSigning"] = "1.3.6.1.5.5.7.3.3",
        ["emailProtection"] = "1.3.6.1.5.5.7.3.4",
        ["timeStamping"] = "1.3.6.1.5.5.7.3.8",
        ["OCSPSigning"] = "1.3.6.1.5.5.7.3.9",
    };

    private static readonly Dictionary<string, string> AlgorithmOids = new(StringComparer.Ordinal)
    {
        ["RSA_WITH_SHA1"] = "1.2.840.113549.1.1.5",
        ["RSA_WITH_SHA224"] = "1.2.840.113549.1.1.14",
        ["RSA_WITH_SHA256"] = "1.2.840.113549.1.1.11",
        ["RSA_WITH_SHA384"] = "1.2.840.113549.1.1.12",
        ["RSA_WITH_SHA512"] = "1.2.840.113549.1.1.13",
        ["RSASSA_PSS"] = "1.2.840.113549.1.1.10",
        ["ECDSA_WITH_SHA1"] = "1.2.840.10045.4.1",
        ["ECDSA_WITH_SHA224"] = "1.2.840.10045.4.3.1",
        ["ECDSA_WITH_SHA256"] = "1.2.840.10045.4.3.2",
        ["ECDSA_WITH_SHA384"] = "1.2.840.10045.4.3.3",
        ["ECDSA_WITH_SHA512"] = "1.2.840.10045.4.3.4",
        ["DSA_WITH_SHA1"] = "1.2.840.10040.4.3",
        ["DSA_WITH_SHA224"] = "2.16.840.1.101.3.4.3.1",
        ["DSA_WITH_SHA256"] = "2.16.840.1.101.3.4.3.2",
        ["ED25519"] = "1.3.101.112",
        ["ED448"] = "1.3.101.113",
        ["SM2_WITH_SM3"] = "1.2.156.10197.1.501",
    };

    public static string Purpose(string name) => PurposeOids.GetValueOrDefault(name) ?? name;

    public static List<string> Purposes(JsonElement test) => [.. Texts(test, "extended_key_usage").Select(Purpose)];

    public static KeyUsages KeyUsages(JsonElement test) => Texts(test, "key_usage")
        .Aggregate(Certificates.Paths.KeyUsages.None, (all, name) => all | (Usages.TryGetValue(name, out var usage) ? usage : throw new VectorException($"the key usage {name} is not known")));

    public static HashSet<string>? Algorithms(JsonElement test) =>
        Texts(test, "signature_algorithms").Select(n => AlgorithmOids.GetValueOrDefault(n)).OfType<string>().ToHashSet(StringComparer.Ordinal) is { Count: > 0 } oids ? oids : null;

    /// <summary>The case allows only algorithms that are not known here.</summary>
    public static string? UnknownAlgorithm(JsonElement test) => Texts(test, "signature_algorithms").ToList() is { Count: > 0 } names && !names.Any(AlgorithmOids.ContainsKey)
        ? $"the signature algorithms {string.Join(", ", names)} are not known here" : null;

    /// <summary>An array of texts; absent or null is empty.</summary>
    public static IEnumerable<string> Texts(JsonElement test, string name) => !test.TryGetProperty(name, out var array) || array.ValueKind == JsonValueKind.Null ? []
        : array.ValueKind == JsonValueKind.Array ? array.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.String ? t.GetString()! : throw new VectorException($"{name} holds something that is no text"))
        : throw new VectorException($"{name} is no array");
}
