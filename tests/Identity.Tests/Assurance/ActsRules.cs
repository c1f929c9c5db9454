using System.Globalization;
using System.Text.Json.Nodes;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>
/// What levels rest on, as the judge of the acts knows it: domain/identity §2–§4 in a few lines, or what a run draws in their place. It is written into the policy that officials propose, and reads
/// nothing of the server's: neither code nor document.
/// </summary>
/// <param name="Name">What the policy is called.</param>
/// <param name="OfPerson">Any one of these raises a person from Primary to Intermediate.</param>
/// <param name="OfOrganisation">The same for an organisation.</param>
/// <param name="Days">Older proofs do not count, by kind.</param>
/// <param name="Refused">Sources whose word counts for nothing.</param>
internal sealed record ActsRules(string Name, IReadOnlyList<string> OfPerson, IReadOnlyList<string> OfOrganisation, IReadOnlyDictionary<string, int> Days, IReadOnlyList<string> Refused)
{
    private static readonly string[] PrimaryOfPerson = ["population-match", "phone-otp", "password"];
    private static readonly string[] PrimaryOfOrganisation = ["market-registry-match", "organisation-code-match", "legal-representative-match"];

    /// <summary>Far from any sum of the days that a run lets pass, with what an import is older than that: whether the very day still counts is not what is asked.</summary>
    private static readonly int[] Lives = [100, 260, 500];

    private static readonly string[] Refusable = ["counter", "unionpay", "housing-fund", "alipay", "real-person", "tax", "trust-list", "import:hefei"];

    /// <summary>What a new installation begins with.</summary>
    public static ActsRules Ordinary { get; } = new(
        "安徽省政务服务平台用户分级 2026",
        ["counter", "alipay-account", "unionpay-card", "housing-fund-account", "real-person"],
        ["counter", "tax-account", "enterprise-certificate"],
        new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["counter"] = 1827,
            ["alipay-account"] = 366,
            ["unionpay-card"] = 366,
            ["housing-fund-account"] = 366,
            ["real-person"] = 366,
            ["tax-account"] = 366,
        },
        []);

    /// <summary>Other kinds carry, for other times, and some sources are refused. What Primary rests on stays.</summary>
    public static ActsRules Draw(Random random)
    {
        var days = new Dictionary<string, int>(Ordinary.Days, StringComparer.Ordinal);
        foreach (var kind in Ordinary.OfPerson.Concat(Ordinary.OfOrganisation).Distinct(StringComparer.Ordinal))
        {
            if (random.Next(2) == 0)
            {
                days[kind] = Lives[random.Next(Lives.Length)];
            }
        }

        string[] refused = [.. Refusable.Where(_ => random.Next(5) == 0)];
        return new ActsRules(string.Create(CultureInfo.InvariantCulture, $"演练 {random.Next()}"), Some(Ordinary.OfPerson, random), Some(Ordinary.OfOrganisation, random), days, refused);
    }

    /// <param name="person">Or an organisation.</param>
    /// <param name="standing">Proofs that nothing took back or replaced.</param>
    /// <param name="now">The moment.</param>
    public string LevelOf(bool person, IEnumerable<ActsProof> standing, DateTimeOffset now)
    {
        var kinds = Counting(standing, now);
        return !Primary(person).All(kinds.Contains) ? "none" : Further(person).Any(kinds.Contains) ? "intermediate" : "primary";
    }

    /// <summary>The kinds on which that level rests, with spaces between.</summary>
    public string CarryingOf(bool person, IEnumerable<ActsProof> standing, DateTimeOffset now)
    {
        var kinds = Counting(standing, now);
        return !Primary(person).All(kinds.Contains) ? "" : string.Join(' ', Primary(person).Concat(Further(person).Where(kinds.Contains)).Order(StringComparer.Ordinal));
    }

    /// <summary>Writes them into a policy.</summary>
    public void WriteTo(JsonObject policy)
    {
        policy["name"] = Name;
        policy["person"]!["intermediate"]![0] = Names(OfPerson);
        policy["organisation"]!["intermediate"]![0] = Names(OfOrganisation);
        policy["refusedSources"] = Names(Refused);
        var limits = new JsonObject();
        foreach (var (kind, days) in Days)
        {
            limits[kind] = new JsonObject { ["days"] = days };
        }

        policy["evidence"] = limits;
    }

    public override string ToString()
    {
        var days = Days.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Key}={limit.Value}"));
        return $"persons by {string.Join(' ', OfPerson)}; organisations by {string.Join(' ', OfOrganisation)}; {string.Join(' ', days)}; not by {string.Join(' ', Refused)}";
    }

    private static string[] Primary(bool person) => person ? PrimaryOfPerson : PrimaryOfOrganisation;

    private static JsonArray Names(IEnumerable<string> names) => new(names.Select(name => (JsonNode?)name).ToArray());

    private static string[] Some(IReadOnlyList<string> kinds, Random random)
    {
        string[] some = [.. kinds.Where(_ => random.Next(2) == 0)];
        return some.Length > 0 ? some : [kinds[random.Next(kinds.Count)]];
    }

    private IReadOnlyList<string> Further(bool person) => person ? OfPerson : OfOrganisation;

    private HashSet<string> Counting(IEnumerable<ActsProof> standing, DateTimeOffset now) =>
        standing.Where(p => !Refused.Contains(p.Source, StringComparer.Ordinal) && !(p.Until <= now) && !(Days.TryGetValue(p.Kind, out var days) && p.At.AddDays(days) <= now))
            .Select(p => p.Kind).ToHashSet(StringComparer.Ordinal);
}
