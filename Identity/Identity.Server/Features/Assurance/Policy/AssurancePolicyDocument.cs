namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>What levels rest on, as data (<c>assurance-policy.schema.json</c>). Each level of a ladder has requirements; each is met by any one of its kinds of evidence; a level needs all below it.</summary>
internal sealed record AssurancePolicyDocument
{
    /// <summary>For people: what this policy is called.</summary>
    public required string Name { get; init; }

    public required Ladder Person { get; init; }

    public required Ladder Organisation { get; init; }

    /// <summary>What a department's word about its own official carries.</summary>
    public AssuranceLevel Staff { get; init; } = AssuranceLevel.Intermediate;

    /// <summary>What a way of signing in can carry at most; the best line whose methods were all used counts, and none means no level.</summary>
    public required IReadOnlyList<SignInStrength> SignIn { get; init; }

    /// <summary>The most that an agent reaches for the organisation (domain/identity §6).</summary>
    public AssuranceLevel AgentCap { get; init; } = AssuranceLevel.Primary;

    /// <summary>Limits of single kinds, by kind.</summary>
    public IReadOnlyDictionary<string, EvidenceRule> Evidence { get; init; } = new Dictionary<string, EvidenceRule>(StringComparer.Ordinal);

    /// <summary>Sources whose word counts for nothing, e.g. <c>sample</c> where real people are served.</summary>
    public IReadOnlyList<string> RefusedSources { get; init; } = [];
}

/// <summary>The requirements of each level: all must be met, each by any one of its kinds.</summary>
internal sealed record Ladder
{
    public required IReadOnlyList<IReadOnlyList<string>> Primary { get; init; }

    public required IReadOnlyList<IReadOnlyList<string>> Intermediate { get; init; }
}

/// <param name="Methods">RFC 8176 values that must all have been used.</param>
/// <param name="Level">What they carry.</param>
internal sealed record SignInStrength(IReadOnlyList<string> Methods, AssuranceLevel Level);

/// <param name="Days">Older evidence does not count, whatever the record itself says.</param>
internal sealed record EvidenceRule(int Days);
