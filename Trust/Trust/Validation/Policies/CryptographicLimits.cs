using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Validation.Policies;

/// <summary>
/// Until when algorithms and keys are relied on: the published table (embedded resource <c>validation/algorithm-limits.json</c>, each line with its source),
/// overridden by the policy line by line. An algorithm that stands in neither is never relied on.
/// </summary>
public static class CryptographicLimits
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly Dictionary<string, HashFunction> Hashes = new(StringComparer.Ordinal)
    {
        ["SHA-1"] = HashFunction.Sha1,
        ["SHA-224"] = HashFunction.Sha224,
        ["SHA-256"] = HashFunction.Sha256,
        ["SHA-384"] = HashFunction.Sha384,
        ["SHA-512"] = HashFunction.Sha512,
        ["SHA-512/224"] = HashFunction.Sha512Bits224,
        ["SHA-512/256"] = HashFunction.Sha512Bits256,
        ["SHA3-224"] = HashFunction.Sha3Bits224,
        ["SHA3-256"] = HashFunction.Sha3Bits256,
        ["SHA3-384"] = HashFunction.Sha3Bits384,
        ["SHA3-512"] = HashFunction.Sha3Bits512,
        ["SHAKE128"] = HashFunction.Shake128,
        ["SHAKE256"] = HashFunction.Shake256,
        ["SM3"] = HashFunction.Sm3,
    };

    private static readonly Dictionary<HashFunction, string> HashNames = Hashes.ToDictionary(h => h.Value, h => h.Key);

    /// <summary>The published table.</summary>
    public static AlgorithmTable Published { get; } = Load();

    internal static bool KnowsHash(string name) => Hashes.ContainsKey(name);

    /// <summary>The end of a hash function.</summary>
    public static AlgorithmVerdict Judge(ValidationPolicy policy, HashFunction hash)
    {
        var name = HashNames[hash];
        return Verdict(name, Limits(policy).FirstOrDefault(l => l.Hash == name));
    }

    /// <summary>
    /// The earlier end of a signature's hash and its key; EdDSA and ML-DSA hash by themselves as their own standards say. RSASSA-PKCS1-v1_5 falls under
    /// lines for <c>RSA</c> and for <c>RSA-PKCS1</c>, whichever stands first.
    /// </summary>
    /// <param name="policy">Whose overrides count.</param>
    /// <param name="scheme">The scheme; null when it is not known at all.</param>
    /// <param name="publicKey">DER SubjectPublicKeyInfo of the signer.</param>
    public static AlgorithmVerdict Judge(ValidationPolicy policy, SignatureScheme? scheme, ReadOnlyMemory<byte> publicKey)
    {
        if (scheme is null)
        {
            return new AlgorithmVerdict("unknown algorithm", DateTimeOffset.MinValue, null);
        }

        var names = Names(scheme);
        var bits = Bits(publicKey);
        var key = Verdict(
            scheme is MlDsaScheme { ParameterSet: var set } ? FormattableString.Invariant($"ML-DSA-{set}") : FormattableString.Invariant($"{names[0]} {bits} bits"),
            bits == 0 ? null : Limits(policy).FirstOrDefault(l => names.Contains(l.Algorithm, StringComparer.Ordinal) && (l.BitsBelow is null || bits < l.BitsBelow)));
        if (scheme.DataHash is not { } hash)
        {
            return key;
        }

        var ofHash = Judge(policy, hash);
        return (ofHash.Until ?? DateTimeOffset.MaxValue) < (key.Until ?? DateTimeOffset.MaxValue) ? ofHash : key;
    }

    /// <summary>What lines call a scheme; the first is for people.</summary>
    private static string[] Names(SignatureScheme scheme) => scheme switch
    {
        RsaPkcs1Scheme => ["RSA", "RSA-PKCS1"],
        RsaPssScheme => ["RSA"],
        DsaScheme => ["DSA"],
        EcdsaScheme => ["ECDSA"],
        Sm2Scheme => ["SM2"],
        EdDsaScheme => ["EdDSA"],
        MlDsaScheme => ["ML-DSA"],
        _ => ["unknown algorithm"],
    };

    private static IEnumerable<AlgorithmLimit> Limits(ValidationPolicy policy) => policy.Algorithms.Concat(Published.Limits);

    private static AlgorithmVerdict Verdict(string name, AlgorithmLimit? limit) => limit switch
    {
        null or { Never: true } => new AlgorithmVerdict(name, DateTimeOffset.MinValue, limit?.Source),
        { Until: { } day } => new AlgorithmVerdict(name, new DateTimeOffset(day.ToDateTime(new TimeOnly(23, 59, 59)), TimeSpan.Zero), limit.Source),
        _ => new AlgorithmVerdict(name, null, limit.Source),
    };

    private static int Bits(ReadOnlyMemory<byte> publicKey)
    {
        try
        {
            return PublicKeyFactory.CreateKey(publicKey.ToArray()) switch
            {
                RsaKeyParameters rsa => rsa.Modulus.BitLength,
                DsaPublicKeyParameters dsa => dsa.Parameters.P.BitLength,
                ECPublicKeyParameters ec => ec.Parameters.N.BitLength,
                Ed25519PublicKeyParameters => 256,
                Ed448PublicKeyParameters => 456,

                // FIPS 204 §4, table 2: what the parameter set is called after is the size of its matrix; the size of the key only says that it is one.
                MLDsaPublicKeyParameters mlDsa => mlDsa.GetEncoded().Length * 8,
                _ => 0,
            };
        }
        catch (Exception e) when (e is SecurityUtilityException || Malformed.Is(e))
        {
            return 0;
        }
    }

    private static AlgorithmTable Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("validation/algorithm-limits.json")!;
        var table = JsonSerializer.Deserialize<AlgorithmTable>(stream, Json)!;
        for (var i = 0; i < table.Limits.Count; i++)
        {
            PolicyRules.Check(FormattableString.Invariant($"limits[{i}]"), table.Limits[i]);
        }

        return table;
    }
}

/// <summary>The published table of algorithms.</summary>
/// <param name="Version">Year and month.</param>
/// <param name="Sources">What it was made from.</param>
/// <param name="Limits">Line by line; the first that fits counts.</param>
public sealed record AlgorithmTable(string Version, IReadOnlyList<string> Sources, IReadOnlyList<AlgorithmLimit> Limits);

/// <summary>Until when something is relied on.</summary>
/// <param name="Name">Algorithm, with the size of the key where it matters.</param>
/// <param name="Until">Last second of reliance; null for no end, the beginning of time for never.</param>
/// <param name="Source">The publication that says so; null for an algorithm that nobody lists.</param>
public sealed record AlgorithmVerdict(string Name, DateTimeOffset? Until, string? Source)
{
    /// <summary>Relied on at a time.</summary>
    public bool IsReliableAt(DateTimeOffset time) => Until is not { } until || time <= until;
}
