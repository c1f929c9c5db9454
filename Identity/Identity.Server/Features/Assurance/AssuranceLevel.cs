namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>How sure the province is of who acts; compared by rank, never by text.</summary>
internal enum AssuranceLevel
{
    /// <summary>No proof; such a subject cannot act.</summary>
    None,
    Primary,
    Intermediate,

    /// <summary>Proven during one transaction; never a property of an account.</summary>
    Advanced,
}

/// <summary>The level as the <c>acr</c> claim and evidence spell it.</summary>
internal static class AssuranceNames
{
    public const string Prefix = "urn:yinxin:assurance:";

    /// <summary>What <c>acr</c> can be, in <c>acr_values_supported</c>; advanced for a request with <c>authorization_details</c> of presence only.</summary>
    public static readonly IReadOnlyList<string> Supported = [Acr(AssuranceLevel.Primary), Acr(AssuranceLevel.Intermediate), Acr(AssuranceLevel.Advanced)];

    public static string Name(AssuranceLevel level) => level switch
    {
        AssuranceLevel.Primary => "primary",
        AssuranceLevel.Intermediate => "intermediate",
        AssuranceLevel.Advanced => "advanced",
        _ => "none",
    };

    public static string Acr(AssuranceLevel level) => Prefix + Name(level);

    /// <summary>Null for a value that is not one of ours.</summary>
    public static AssuranceLevel? Parse(string? acr) => acr switch
    {
        Prefix + "primary" or "primary" => AssuranceLevel.Primary,
        Prefix + "intermediate" or "intermediate" => AssuranceLevel.Intermediate,
        Prefix + "advanced" or "advanced" => AssuranceLevel.Advanced,
        _ => null,
    };
}
