using System.Globalization;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>
/// What the level in an access token was computed from: claim <c>acr_basis</c>, the numbers divided by dots, e.g. <c>3.7</c> or <c>3.7.4.KEY</c>. So the feed can name the tokens
/// of before exactly, whatever the clocks say: one with a lower number was made without knowing of the change.
/// </summary>
/// <param name="Policy">Version of the assurance policy.</param>
/// <param name="Person">Place of the newest record of the person's evidence that was looked at; 0: none.</param>
/// <param name="Organisation">The same of the organisation acted for.</param>
/// <param name="OrganisationId">Its key; null when nobody is acted for.</param>
public sealed record LevelBasis(int Policy, int Person, int Organisation = 0, Guid? OrganisationId = null)
{
    /// <summary>Name of the claim.</summary>
    public const string ClaimType = "acr_basis";

    private const int Numbers = 2;
    private const int All = 4;

    /// <summary>As the claim says it.</summary>
    public override string ToString() => OrganisationId is { } id
        ? string.Create(CultureInfo.InvariantCulture, $"{Policy}.{Person}.{Organisation}.{id:N}")
        : string.Create(CultureInfo.InvariantCulture, $"{Policy}.{Person}");

    /// <summary>Reads the claim.</summary>
    /// <returns>Null for a token without it, or one that cannot be read.</returns>
    public static LevelBasis? Parse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        if (parts.Length is not (Numbers or All) || Number(parts[0]) is not { } policy || Number(parts[1]) is not { } person)
        {
            return null;
        }

        if (parts.Length == Numbers)
        {
            return new LevelBasis(policy, person);
        }

        return Number(parts[2]) is { } organisation && Guid.TryParseExact(parts[3], "N", out var id) ? new LevelBasis(policy, person, organisation, id) : null;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
