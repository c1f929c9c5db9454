using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yinxin.Trust.Validation.Policies;

/// <summary>What a validation asks for, as data (ETSI EN 319 102-1 §5.1.4). Everything left out has the value of the platform's own policy.</summary>
public sealed record ValidationPolicy
{
    /// <summary>For signatures.</summary>
    public const string Signature = "signature";

    /// <summary>For timestamps.</summary>
    public const string Timestamp = "timestamp";

    private const int Largest = 256 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The platform's own policy, an embedded resource.</summary>
    public static ValidationPolicy Platform { get; } = Load("validation/platform-policy.json");

    /// <summary>For licences and other documents of ours (CAdES in a PDF), an embedded resource.</summary>
    public static ValidationPolicy Documents { get; } = Load("validation/document-policy.json");

    /// <summary>For seals and seal signatures of GB/T 38540, an embedded resource.</summary>
    public static ValidationPolicy Seals { get; } = Load("validation/seal-policy.json");

    /// <summary>Name, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Version, for reports.</summary>
    public required string Version { get; init; }

    /// <summary>Rules for the certificates of each kind of signer: <see cref="Signature"/> and <see cref="Timestamp"/>.</summary>
    public IReadOnlyDictionary<string, SignerRules> Signers { get; init; } = new Dictionary<string, SignerRules>(StringComparer.Ordinal);

    /// <summary>Oldest revocation data, in hours; null to go by its own next update (§5.2.5).</summary>
    public int? FreshnessHours { get; init; }

    /// <summary>The CAs never take an expired certificate off their lists, so that lists made later still speak for it (X.509 expiredCertsOnCRL says it of one list).</summary>
    public bool ListsKeepExpired { get; init; }

    /// <summary>Longest time between the claimed signing time and the timestamp, in hours; null for no limit (§5.5.4).</summary>
    public int? TimestampDelayHours { get; init; }

    /// <summary>What follows when a constraint is not kept, by its code; those left out fail.</summary>
    public IReadOnlyDictionary<string, ConstraintLevel> Levels { get; init; } = new Dictionary<string, ConstraintLevel>(StringComparer.Ordinal);

    /// <summary>Limits that come before those of the published table.</summary>
    public IReadOnlyList<AlgorithmLimit> Algorithms { get; init; } = [];

    /// <summary>The level of a constraint.</summary>
    public ConstraintLevel LevelOf(string code) => Levels.GetValueOrDefault(code, ConstraintLevel.Fail);

    /// <summary>The rules for a kind of signer.</summary>
    public SignerRules RulesOf(string signer) => Signers.GetValueOrDefault(signer) ?? Platform.Signers[signer];

    /// <summary>Reads a policy.</summary>
    /// <exception cref="ValidationPolicyException">It cannot be used; code and place say why.</exception>
    public static ValidationPolicy Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Largest)
        {
            throw new ValidationPolicyException("policy.json", "$", "The policy is too large.");
        }

        try
        {
            var policy = JsonSerializer.Deserialize<ValidationPolicy>(utf8, Json) ?? throw new ValidationPolicyException("policy.json", "$", "There is nothing.");
            PolicyRules.Check(policy);
            return policy;
        }
        catch (JsonException e)
        {
            throw new ValidationPolicyException("policy.json", e.Path ?? "$", e.Message, e);
        }
    }

    private static ValidationPolicy Load(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Parse(memory.ToArray());
    }
}

/// <summary>What the certificates of one kind of signer must be.</summary>
public sealed record SignerRules
{
    /// <summary>Purposes of the anchors that count.</summary>
    public IReadOnlyList<string> Anchors { get; init; } = [];

    /// <summary>Key usages of which the certificate must state one; empty for any.</summary>
    public IReadOnlyList<string> KeyUsage { get; init; } = [];

    /// <summary>Extended key usage as an OID that the certificate must state; null for any.</summary>
    public string? Purpose { get; init; }

    /// <summary>Certificate policies as OIDs of which one must hold; empty for any.</summary>
    public IReadOnlyList<string> CertificatePolicies { get; init; } = [];

    /// <summary><c>international</c>, <c>sm</c>; empty for both.</summary>
    public IReadOnlyList<string> Suites { get; init; } = [];
}
