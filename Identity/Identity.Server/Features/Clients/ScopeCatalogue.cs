namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>Every scope that is offered, and the API that a scope's token is meant for.</summary>
internal static class ScopeCatalogue
{
    public const string RealName = "real_name";

    private static readonly Dictionary<string, string> Audiences = new(StringComparer.Ordinal)
    {
        ["trust.certify"] = "yinxin-trust",
        ["trust.log"] = "yinxin-trust",
        ["trust.read"] = "yinxin-trust",
        ["trust.revoke"] = "yinxin-trust",
        ["trust.lists"] = "yinxin-trust",
        ["trust.acme"] = "yinxin-trust",
        ["seal.manage"] = "yinxin-seal",
        ["seal.apply"] = "yinxin-seal",
        ["license.issue"] = "yinxin-license",
        ["license.manage"] = "yinxin-license",
        ["license.read"] = "yinxin-license",
        ["case.apply"] = "yinxin-desk",
        ["case.notify"] = "yinxin-desk",
        ["payment.bill"] = "yinxin-payment",
        ["payment.read"] = "yinxin-payment",
        ["identity.counter"] = "yinxin-identity",
        ["identity.read"] = "yinxin-identity",
        ["identity.endings"] = "yinxin-identity",
        ["identity.presence"] = "yinxin-identity",
        ["identity.grade"] = "yinxin-identity",
        ["identity.policy"] = "yinxin-identity",
        ["identity.import"] = "yinxin-identity",
        ["identity.keys"] = "yinxin-identity",
    };

    /// <summary>Scopes of OpenID Connect and of this provider that name no API.</summary>
    public static readonly IReadOnlySet<string> Identity = new HashSet<string>(StringComparer.Ordinal) { "openid", "profile", "offline_access", RealName };

    /// <summary>Scopes by which a service acts for itself; a person's token never carries them.</summary>
    public static readonly IReadOnlySet<string> ServiceOnly = new HashSet<string>(StringComparer.Ordinal)
        { "trust.certify", "trust.log", "trust.read", "trust.revoke", "trust.lists", "trust.acme", "seal.manage", "seal.apply", "license.issue", "license.manage", "case.notify", "payment.bill", "identity.endings", "identity.presence" };

    public static readonly IReadOnlySet<string> All = Identity.Concat(Audiences.Keys).ToHashSet(StringComparer.Ordinal);

    /// <summary>Scopes that a service may ask for by client credentials.</summary>
    public static bool IsForServices(string scope) => ServiceOnly.Contains(scope) || scope is "identity.read" or "identity.grade" or "identity.import" or "payment.read";

    /// <summary>The audiences of an access token with these scopes, without repetition.</summary>
    public static IEnumerable<string> AudiencesOf(IEnumerable<string> scopes) =>
        scopes.Where(Audiences.ContainsKey).Select(s => Audiences[s]).Distinct(StringComparer.Ordinal);
}
