using System.Security.Claims;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>How sure the province is of who acts (统一身份认证 等级). Ordered: compare by rank, never by text.</summary>
public enum AssuranceLevel
{
    /// <summary>匿名: nobody is signed in, or the token names no level that is known here.</summary>
    Anonymous = 0,

    /// <summary>初级: real name checked against the population register.</summary>
    Primary = 1,

    /// <summary>中级: the real person was verified, for instance at a service-hall window.</summary>
    Intermediate = 2,

    /// <summary>高级: proven during this very transaction.</summary>
    Advanced = 3,
}

/// <summary>The level as the <c>acr</c> claim spells it.</summary>
public static class AssuranceClaim
{
    private const string Prefix = "urn:yinxin:assurance:";

    /// <summary>The <c>acr</c> value of a level, e.g. <c>urn:yinxin:assurance:intermediate</c>.</summary>
    public static string Acr(this AssuranceLevel level) => level switch
    {
        AssuranceLevel.Primary => Prefix + "primary",
        AssuranceLevel.Intermediate => Prefix + "intermediate",
        AssuranceLevel.Advanced => Prefix + "advanced",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "An anonymous visitor has no token and no acr."),
    };

    /// <summary>
    /// What the sign-in reaches in all transactions. Where one transaction was confirmed in person <c>acr</c> says advanced for that one alone, and
    /// <c>session_acr</c> what holds for the rest.
    /// </summary>
    public static AssuranceLevel OfSession(ClaimsPrincipal principal)
    {
        var level = Parse((principal.FindFirst("session_acr") ?? principal.FindFirst("acr"))?.Value);
        return level == AssuranceLevel.Advanced ? AssuranceLevel.Anonymous : level;
    }

    /// <summary>The level of a bare name, e.g. <c>primary</c>.</summary>
    public static AssuranceLevel ParseName(string? name) => Parse(Prefix + name);

    /// <summary>The level of an <c>acr</c> value; <see cref="AssuranceLevel.Anonymous"/> for one that is not known.</summary>
    public static AssuranceLevel Parse(string? acr) => acr switch
    {
        Prefix + "primary" => AssuranceLevel.Primary,
        Prefix + "intermediate" => AssuranceLevel.Intermediate,
        Prefix + "advanced" => AssuranceLevel.Advanced,
        _ => AssuranceLevel.Anonymous,
    };
}
