using System.Text.Json;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Server.Features.Assurance.Regradings;

/// <summary>What another policy changes for those who are signed in, beside the levels of accounts: lines of the sign-in table, the bound of agents, the level of officials.</summary>
/// <param name="Raised">Live sessions whose <c>acr</c> would rise, for whatever reason.</param>
/// <param name="Lowered">Those whose <c>acr</c> would fall.</param>
/// <param name="SignIn">Ways of signing in that would carry another level.</param>
/// <param name="AgentCap">The bound of agents; null when it stays.</param>
/// <param name="Staff">The level of officials; null when it stays.</param>
internal sealed record SessionChanges(long Raised, long Lowered, IReadOnlyList<SessionChanges.Line> SignIn, SessionChanges.Bound? AgentCap, SessionChanges.Bound? Staff)
{
    /// <summary>Before anybody is counted.</summary>
    /// <param name="inForce">The policy of now.</param>
    /// <param name="tried">The one that is proposed.</param>
    public static SessionChanges Between(AssurancePolicy inForce, AssurancePolicy tried) => new(
        0, 0,
        [
            // Whatever a sign-in shows, the best line whose methods it holds decides: where both policies judge each other's lines alike, they judge every sign-in alike.
            .. inForce.Document.SignIn.Concat(tried.Document.SignIn).Select(line => line.Methods.Order(StringComparer.Ordinal).ToArray()).DistinctBy(methods => string.Join(' ', methods), StringComparer.Ordinal)
                .Where(methods => inForce.OfSignIn(methods) != tried.OfSignIn(methods))
                .Select(methods => new Line(methods, AssuranceNames.Name(inForce.OfSignIn(methods)), AssuranceNames.Name(tried.OfSignIn(methods)), 0)),
        ],
        BoundOf(inForce.AgentCap, tried.AgentCap),
        BoundOf(inForce.Staff, tried.Staff));

    /// <summary>As a run keeps it.</summary>
    /// <returns>Null when the run counted no sessions.</returns>
    public static SessionChanges? Parse(string? json) => json is null ? null : JsonSerializer.Deserialize<SessionChanges>(json, JsonSerializerOptions.Web);

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    private static Bound? BoundOf(AssuranceLevel was, AssuranceLevel level) => was == level ? null : new Bound(AssuranceNames.Name(was), AssuranceNames.Name(level), 0);

    /// <param name="Methods">RFC 8176 values.</param>
    /// <param name="Was">What a sign-in that shows just these carries now.</param>
    /// <param name="Level">What it would carry.</param>
    /// <param name="Sessions">Live sessions that showed them and would move. One that showed more may stand at several lines.</param>
    internal sealed record Line(IReadOnlyList<string> Methods, string Was, string Level, long Sessions);

    /// <param name="Was">The level now.</param>
    /// <param name="Level">The level then.</param>
    /// <param name="Sessions">Live sessions of agents, or of officials, that would move.</param>
    internal sealed record Bound(string Was, string Level, long Sessions);
}
