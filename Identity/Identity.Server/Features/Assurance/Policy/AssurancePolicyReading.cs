using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>Reads a policy: what the schema demands, and what a schema cannot say. A slip here would raise or lower a whole province.</summary>
internal static class AssurancePolicyReading
{
    private const int Largest = 64 * 1024;
    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal) { "pwd", "sms", "otp", "mfa", "hwk", "swk", "user", "pin", "face", "vbm", "vid", "cert", "qr" };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <exception cref="AssurancePolicyException">It cannot be used; the exception says where and why.</exception>
    public static AssurancePolicyDocument Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > Largest)
        {
            throw new AssurancePolicyException("$", "The policy is larger than 64 KB.");
        }

        try
        {
            using var parsed = JsonDocument.Parse(utf8, Strict);
            var document = WithoutSchema(parsed.RootElement).Deserialize<AssurancePolicyDocument>(Json) ?? throw new AssurancePolicyException("$", "An object is expected.");
            Check(document);
            return document;
        }
        catch (JsonException e)
        {
            throw new AssurancePolicyException(e.Path is { Length: > 2 } path ? path[2..] : "$", e.Message.Split(" Path: ")[0], e);
        }
    }

    /// <summary>Editors write <c>$schema</c>; it says nothing about the policy.</summary>
    private static JsonElement WithoutSchema(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new AssurancePolicyException("$", "An object is expected.");
        }

        return JsonSerializer.SerializeToElement(root.EnumerateObject().Where(m => m.Name != "$schema").ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
    }

    private static void Check(AssurancePolicyDocument policy)
    {
        Require(policy.Name.Trim().Length is > 0 and <= 100, "name", "It has 1 to 100 characters.");
        CheckLadder(policy.Person, "person");
        CheckLadder(policy.Organisation, "organisation");
        CheckLevel(policy.Staff, "staff");
        CheckLevel(policy.AgentCap, "agentCap");
        Require(policy.SignIn.Count is > 0 and <= 30, "signIn", "There are 1 to 30 lines.");
        for (var i = 0; i < policy.SignIn.Count; i++)
        {
            var (at, line) = ($"signIn[{i}]", policy.SignIn[i] ?? throw new AssurancePolicyException($"signIn[{i}]", "It is null."));
            CheckLevel(line.Level, at + ".level");
            CheckNames(line.Methods, at + ".methods", 6, name => Methods.Contains(name) ? null : $"There is no method “{name}” (RFC 8176).");
        }

        foreach (var (kind, rule) in policy.Evidence)
        {
            Require(EvidenceKinds.All.Contains(kind), $"evidence.{kind}", "There is no such kind of evidence.");
            Require(rule is { Days: >= 1 and <= 36525 }, $"evidence.{kind}.days", "It is 1 to 36525 days.");
        }

        if (policy.RefusedSources.Count > 0)
        {
            CheckNames(policy.RefusedSources, "refusedSources", 60, _ => null);
        }
    }

    private static void CheckLadder(Ladder ladder, string at)
    {
        CheckRequirements(ladder.Primary, at + ".primary");
        CheckRequirements(ladder.Intermediate, at + ".intermediate");
    }

    private static void CheckRequirements(IReadOnlyList<IReadOnlyList<string>> requirements, string at)
    {
        // An empty list would be met by nothing at all, and everybody would have the level.
        Require(requirements.Count is > 0 and <= 20, at, "There are 1 to 20 requirements.");
        for (var i = 0; i < requirements.Count; i++)
        {
            CheckNames(requirements[i], $"{at}[{i}]", 30, kind => EvidenceKinds.All.Contains(kind) ? null : $"There is no kind of evidence “{kind}”.");
        }
    }

    private static void CheckNames(IReadOnlyList<string>? names, string at, int most, Func<string, string?> fault)
    {
        Require(names is { Count: > 0 } && names.Count <= most, at, $"There are 1 to {most} names.");
        for (var i = 0; i < names!.Count; i++)
        {
            Require(names[i] is { Length: > 0 and <= 60 }, $"{at}[{i}]", "A name of 1 to 60 characters is expected.");
            Require(names.Take(i).All(earlier => earlier != names[i]), $"{at}[{i}]", "It stands there already.");
            if (fault(names[i]) is { } reason)
            {
                throw new AssurancePolicyException($"{at}[{i}]", reason);
            }
        }
    }

    private static void CheckLevel(AssuranceLevel level, string at) =>
        Require(level is AssuranceLevel.Primary or AssuranceLevel.Intermediate, at, "It is primary or intermediate: advanced is proven inside a transaction.");

    private static void Require(bool met, string at, string reason)
    {
        if (!met)
        {
            throw new AssurancePolicyException(at, reason);
        }
    }
}
