using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates;

/// <summary>What a kind of certificate may say, kept as data in <c>certs/profiles</c> (GM/T 0015, RFC 5280).</summary>
public sealed record CertificateProfile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly FrozenDictionary<string, int> UsageBits = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["digitalSignature"] = Org.BouncyCastle.Asn1.X509.KeyUsage.DigitalSignature,
        ["nonRepudiation"] = Org.BouncyCastle.Asn1.X509.KeyUsage.NonRepudiation,
        ["keyCertSign"] = Org.BouncyCastle.Asn1.X509.KeyUsage.KeyCertSign,
        ["cRLSign"] = Org.BouncyCastle.Asn1.X509.KeyUsage.CrlSign,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every profile, by name.</summary>
    public static IReadOnlyDictionary<string, CertificateProfile> All { get; } = Load();

    /// <summary>Name by which it is asked for.</summary>
    public required string Name { get; init; }

    /// <summary>The issuing CA: <c>self</c>, <c>root</c>, the name of one of the root's CAs, or <c>each</c>: every CA gives one to its own service.</summary>
    public required string IssuedBy { get; init; }

    /// <summary>The only suite allowed, or null for either.</summary>
    public string? Suite { get; init; }

    /// <summary>Longest validity in days.</summary>
    public required int ValidityDays { get; init; }

    /// <summary>Key usages; always critical.</summary>
    public required IReadOnlyList<string> KeyUsage { get; init; }

    /// <summary>Extended key usages as object identifiers.</summary>
    public IReadOnlyList<string> ExtendedKeyUsage { get; init; } = [];

    /// <summary>RFC 3161 §2.3 wants it critical and alone in a TSA's certificate.</summary>
    public bool ExtendedKeyUsageCritical { get; init; }

    /// <summary>True for a CA.</summary>
    public bool CertificateAuthority { get; init; }

    /// <summary>How many CAs may follow below a CA.</summary>
    public int? PathLength { get; init; }

    /// <summary>For the OCSP responder that a CA appoints: its own revocation is not asked for (id-pkix-ocsp-nocheck, RFC 6960 §4.2.2.2.1).</summary>
    public bool OcspNoCheck { get; init; }

    /// <summary>Subject attributes that must be there, and the only ones allowed; empty allows any.</summary>
    public IReadOnlyList<string> Subject { get; init; } = [];

    /// <summary>The bits of <see cref="KeyUsage"/>.</summary>
    internal int KeyUsageBits => KeyUsage.Aggregate(0, (bits, usage) => bits | UsageBits[usage]);

    /// <summary>True when this profile may be used with the suite.</summary>
    public bool Allows(SignatureSuite suite) => Suite is null || Suite == suite.Name();

    private static FrozenDictionary<string, CertificateProfile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith("profiles/", StringComparison.Ordinal)).Select(resource =>
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var profile = JsonSerializer.Deserialize<CertificateProfile>(stream, Json) ?? throw new JsonException($"{resource} is empty.");
            foreach (var usage in profile.KeyUsage.Where(u => !UsageBits.ContainsKey(u)))
            {
                throw new JsonException($"{resource}: keyUsage {usage} is unknown.");
            }

            return profile.ValidityDays is > 0 and <= 7300 ? profile : throw new JsonException($"{resource}: validityDays must be 1 to 7300.");
        }).ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    }
}
