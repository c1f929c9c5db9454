using System.Text.Json.Serialization;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Client.Mandates;

/// <summary>The mandate under which an agent acts, as the token says it.</summary>
/// <param name="Id">Its key; the history and the signed records are found by it.</param>
/// <param name="Version">Grows with every step of its life.</param>
/// <param name="Powers">Names of the powers, e.g. <c>apply</c>.</param>
/// <param name="Seals">Identifiers of the seals that may be used.</param>
/// <param name="Scope">Over which matters.</param>
/// <param name="ValidUntil">Seconds since 1970.</param>
public sealed record HeldMandate(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("powers")] IReadOnlyList<string>? Powers,
    [property: JsonPropertyName("seals")] IReadOnlyList<string>? Seals,
    [property: JsonPropertyName("scope")] MandateScope? Scope,
    [property: JsonPropertyName("valid_until")] long ValidUntil)
{
    /// <summary>Whether the power is given.</summary>
    public bool Has(ActingPower power) => Powers?.Contains(power.Name(), StringComparer.Ordinal) == true;

    /// <summary>Whether this seal may be used.</summary>
    public bool MayUse(string seal) => Has(ActingPower.UseSeal) && Seals?.Contains(seal, StringComparer.Ordinal) == true;

    /// <summary>Whether the matter is within the scope.</summary>
    /// <param name="matter">Implementation code; null where it is not known, which only a mandate over all matters covers.</param>
    /// <param name="type">The matter's type where the caller knows it; else it is read from the code.</param>
    public bool Covers(string? matter, string? type = null) => Scope?.Covers(matter, type) == true;
}

/// <summary>Over which matters a mandate reaches.</summary>
/// <param name="Reach"><c>all</c>, <c>categories</c> (types of matters, GB/T 39046 A.1) or <c>matters</c> (implementation codes). Anything else reaches nowhere.</param>
/// <param name="Matters">The types or codes.</param>
public sealed record MandateScope(
    [property: JsonPropertyName("reach")] string? Reach,
    [property: JsonPropertyName("matters")] IReadOnlyList<string>? Matters)
{
    /// <summary>Reaches nowhere.</summary>
    public static MandateScope Nowhere { get; } = new("none", []);

    /// <summary>Whether the matter is within; see <see cref="HeldMandate.Covers"/>.</summary>
    public bool Covers(string? matter, string? type = null) => Reach switch
    {
        "all" => true,
        "categories" => (type ?? MatterCode.TypeOf(matter)) is { } known && Matters?.Contains(known, StringComparer.Ordinal) == true,
        "matters" => matter is not null && Matters?.Contains(matter, StringComparer.Ordinal) == true,
        _ => false,
    };
}
