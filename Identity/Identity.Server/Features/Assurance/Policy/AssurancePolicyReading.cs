using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>Reads a policy: what the schema demands, and what a schema cannot say. A slip here would raise or lower a whole province.</summary>
internal static class AssurancePolicyReading
{
    private const int Largest = 64 * 1024;
    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal) { "pwd", "sms", "otp", "mfa", "hwk", "swk", "user", "pin", "face", "vbm", "vid", "cert", "qr" };
    private static readonly BothLanguages NoObject = new("应为 JSON 对象。", "An object is expected.");
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
            throw new AssurancePolicyException("$", new BothLanguages("策略大于 64 KB。", "The policy is larger than 64 KB."));
        }

        try
        {
            using var parsed = JsonDocument.Parse(utf8, Strict);
            var document = WithoutSchema(parsed.RootElement).Deserialize<AssurancePolicyDocument>(Json) ?? throw new AssurancePolicyException("$", NoObject);
            Check(document);
            return document;
        }
        catch (JsonException e)
        {
            throw new AssurancePolicyException(e.Path is { Length: > 2 } path ? path[2..] : "$", new BothLanguages("此处不符合 JSON Schema（/schemas/assurance-policy.json）：成员缺失、多余或重复，或者值不正确。", e.Message.Split(" Path: ")[0]), e);
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, in a name or in a text: fine by the grammar of JSON, and no character.
            throw new AssurancePolicyException("$", new BothLanguages("含有不是字符的内容（半个 Unicode 代理对）。", "It has text that is no Unicode: half of a surrogate pair."), e);
        }
    }

    /// <summary>Editors write <c>$schema</c>; it says nothing about the policy.</summary>
    private static JsonElement WithoutSchema(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new AssurancePolicyException("$", NoObject);
        }

        return JsonSerializer.SerializeToElement(root.EnumerateObject().Where(m => m.Name != "$schema").ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal));
    }

    private static void Check(AssurancePolicyDocument policy)
    {
        Require(policy.Name.Trim().Length is > 0 and <= 100, "name", "须为 1 至 100 个字符。", "It has 1 to 100 characters.");
        CheckLadder(policy.Person, "person");
        CheckLadder(policy.Organisation, "organisation");
        CheckLevel(policy.Staff, "staff");
        CheckLevel(policy.AgentCap, "agentCap");
        Require(policy.SignIn.Count is > 0 and <= 30, "signIn", "须有 1 至 30 行。", "There are 1 to 30 lines.");
        for (var i = 0; i < policy.SignIn.Count; i++)
        {
            var (at, line) = ($"signIn[{i}]", policy.SignIn[i] ?? throw new AssurancePolicyException($"signIn[{i}]", new BothLanguages("不能为 null。", "It is null.")));
            CheckLevel(line.Level, at + ".level");
            CheckNames(line.Methods, at + ".methods", 6, name => Methods.Contains(name) ? null : new BothLanguages($"没有“{name}”这种登录方式（RFC 8176）。", $"There is no method “{name}” (RFC 8176)."));
        }

        foreach (var (kind, rule) in policy.Evidence)
        {
            Require(EvidenceKinds.All.Contains(kind), $"evidence.{kind}", "没有这种证据。", "There is no such kind of evidence.");
            Require(rule is { Days: >= 1 and <= 36525 }, $"evidence.{kind}.days", "须为 1 至 36525 天。", "It is 1 to 36525 days.");
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
        Require(requirements.Count is > 0 and <= 20, at, "须有 1 至 20 项要求。", "There are 1 to 20 requirements.");
        for (var i = 0; i < requirements.Count; i++)
        {
            CheckNames(requirements[i], $"{at}[{i}]", 30, kind => EvidenceKinds.All.Contains(kind) ? null : new BothLanguages($"没有“{kind}”这种证据。", $"There is no kind of evidence “{kind}”."));
        }
    }

    private static void CheckNames(IReadOnlyList<string>? names, string at, int most, Func<string, BothLanguages?> fault)
    {
        Require(names is { Count: > 0 } && names.Count <= most, at, $"须有 1 至 {most} 个名称。", $"There are 1 to {most} names.");
        for (var i = 0; i < names!.Count; i++)
        {
            Require(names[i] is { Length: > 0 and <= 60 }, $"{at}[{i}]", "须为 1 至 60 个字符的名称。", "A name of 1 to 60 characters is expected.");
            Require(names.Take(i).All(earlier => earlier != names[i]), $"{at}[{i}]", "已经列出。", "It stands there already.");
            if (fault(names[i]) is { } reason)
            {
                throw new AssurancePolicyException($"{at}[{i}]", reason);
            }
        }
    }

    private static void CheckLevel(AssuranceLevel level, string at) =>
        Require(level is AssuranceLevel.Primary or AssuranceLevel.Intermediate, at, "只能是 primary 或 intermediate：高级在办理事项时证明。", "It is primary or intermediate: advanced is proven inside a transaction.");

    private static void Require(bool met, string at, string chinese, string english)
    {
        if (!met)
        {
            throw new AssurancePolicyException(at, new BothLanguages(chinese, english));
        }
    }
}
