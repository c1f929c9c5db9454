using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>What the next token of a person must show (RFC 9470 §3): a level, a recent proof, or both.</summary>
/// <param name="AcrValues">Any one of these <c>acr</c> values suffices; empty: any.</param>
/// <param name="MaxAge">How long ago the person may have proved themselves; null: any time.</param>
/// <param name="OfPerson">The level is that of the person at the screen, without the cap of an agent's mandate.</param>
public sealed partial record StepUpDemand(IReadOnlyList<string> AcrValues, TimeSpan? MaxAge, bool OfPerson = false)
{
    internal const string ErrorCode = "insufficient_user_authentication";

    /// <summary>A parameter of our own in the challenge: RFC 9470 cannot say of whom the level is asked, and <c>acr</c> of an agent's token never shows the person's.</summary>
    private const string LevelOf = "acr_of";
    private const string Person = "person";
    private const int MostValues = 10;
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(10);

    /// <summary>A demand of this app itself.</summary>
    /// <param name="level">The lowest level that suffices.</param>
    /// <param name="maxAge">How long ago the person may have proved themselves.</param>
    /// <param name="ofPerson">See <see cref="OfPerson"/>.</param>
    public static StepUpDemand Of(AssuranceLevel level, TimeSpan? maxAge = null, bool ofPerson = false) =>
        new(Values(level), maxAge, ofPerson);

    /// <summary>Primary is named as well, since an account can be below it; with the level above, so that a stronger sign-in is told for what it is and not as the lower one.</summary>
    private static string[] Values(AssuranceLevel level) => level switch
    {
        AssuranceLevel.Anonymous => [],
        AssuranceLevel.Primary => [AssuranceLevel.Primary.Acr(), AssuranceLevel.Intermediate.Acr()],
        _ => [level.Acr()],
    };

    /// <summary>
    /// Reads the challenge of an API. Values that are no levels of this platform are left out: what an API writes must not reach Identity unread. So is advanced, which belongs to one
    /// transaction and which no sign-in shows: that answer is the app's, which knows what is to be confirmed.
    /// </summary>
    /// <returns>Null when it is no such challenge, or none that anybody here could meet.</returns>
    public static StepUpDemand? From(IEnumerable<AuthenticationHeaderValue> challenges)
    {
        foreach (var challenge in challenges.Where(c => string.Equals(c.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) && c.Parameter is { Length: < 4000 }))
        {
            var parameters = Parameter().Matches(challenge.Parameter!).GroupBy(m => m.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(g => g.Key, g => g.First() is var m && m.Groups["quoted"].Success ? m.Groups["quoted"].Value : m.Groups["token"].Value, StringComparer.OrdinalIgnoreCase);
            if (parameters.GetValueOrDefault("error") != ErrorCode)
            {
                continue;
            }

            var named = parameters.GetValueOrDefault("acr_values")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            List<string> known = [.. named.Where(v => AssuranceClaim.Parse(v) is AssuranceLevel.Primary or AssuranceLevel.Intermediate).Distinct(StringComparer.Ordinal).Take(MostValues)];
            TimeSpan? maxAge = int.TryParse(parameters.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
            return (named.Length > 0 && known.Count == 0) || (known.Count == 0 && maxAge is null) ? null : new StepUpDemand(known, maxAge, parameters.GetValueOrDefault(LevelOf) == Person);
        }

        return null;
    }

    /// <summary>The challenge of an API (RFC 9470 §3).</summary>
    public string ToChallenge()
    {
        var challenge = $"Bearer error=\"{ErrorCode}\", error_description=\"A higher level of assurance or a more recent proof is needed\"";
        challenge += AcrValues.Count > 0 ? $", acr_values=\"{string.Join(' ', AcrValues)}\"" : "";
        challenge += AcrValues.Count > 0 && OfPerson ? $", {LevelOf}=\"{Person}\"" : "";
        return challenge + (MaxAge is { } age ? $", max_age=\"{((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture)}\"" : "");
    }

    /// <summary>Whether another sign-in could not show more than this one: then asking again would send the person round in circles.</summary>
    internal bool IsMetBy(ClaimsPrincipal user, DateTimeOffset now) =>
        ShowsLevel(user) && (MaxAge is null || (AuthTime(user) is { } proved && now - proved < JustNow));

    /// <summary>Whether a sign-in shows one of the levels; of an agent's person, what stands without the cap of the mandate.</summary>
    internal bool ShowsLevel(ClaimsPrincipal user) => AcrValues.Count == 0 || (OfPerson
        ? user.SignedInUser()?.LevelWithoutCap >= AcrValues.Select(AssuranceClaim.Parse).Min()
        : AcrValues.Contains(user.FindFirst("acr")?.Value, StringComparer.Ordinal));

    internal static DateTimeOffset? AuthTime(ClaimsPrincipal user) =>
        long.TryParse(user.FindFirst("auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    [GeneratedRegex("(?<name>[A-Za-z_]{1,40})=(?:\"(?<quoted>[^\"\\\\]{0,1000})\"|(?<token>[^\\s,\"]{1,1000}))", RegexOptions.None, 500)]
    private static partial Regex Parameter();
}
