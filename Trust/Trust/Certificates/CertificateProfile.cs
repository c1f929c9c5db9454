using System.Collections.Frozen;
using System.Reflection;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates;

/// <summary>What a kind of certificate may say, kept as data in <c>certs/profiles</c> (GM/T 0015, RFC 5280).</summary>
public sealed record CertificateProfile
{
    private const string Folder = "profiles/";

    /// <summary>The roles of the CAs that issue to others.</summary>
    public static IReadOnlyList<string> IssuingRoles => CertificateProfileRules.IssuingRoles;

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

    /// <summary>Certificate policies as object identifiers (RFC 5280 §4.2.1.4).</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Subject attributes that must be there, in this order, and the only ones allowed; empty allows any.</summary>
    public IReadOnlyList<string> Subject { get; init; } = [];

    /// <summary>Those of <see cref="Subject"/> that may be missing.</summary>
    public IReadOnlyList<string> OptionalSubject { get; init; } = [];

    /// <summary>It may be asked for by PKCS#10; authorities' own profiles are not to be had by request.</summary>
    public bool Requestable { get; init; }

    /// <summary>So many days before its end a certificate may be renewed; null where it may not.</summary>
    public int? RenewalDays { get; init; }

    /// <summary>A renewal may keep the key.</summary>
    public bool RenewalWithSameKey { get; init; }

    /// <summary>The bits of <see cref="KeyUsage"/>.</summary>
    internal int KeyUsageBits => KeyUsage.Aggregate(0, (bits, usage) => bits | UsageBits[usage]);

    /// <summary>True when this profile may be used with the suite.</summary>
    public bool Allows(SignatureSuite suite) => Suite is null || Suite == suite.Name();

    /// <summary>The JSON Schema (2020-12) of the files in <c>certs/profiles</c>, UTF-8.</summary>
    public static byte[] Schema() => Resource("schemas/certificate-profile.json");

    internal static bool IsKeyUsage(string usage) => UsageBits.ContainsKey(usage);

    private static FrozenDictionary<string, CertificateProfile> Load() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .Select(name => CertificateProfileReading.Read(name[Folder.Length..], Resource(name))).ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    private static byte[] Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
