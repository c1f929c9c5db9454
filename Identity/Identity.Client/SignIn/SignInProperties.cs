using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Yinxin.Identity.Client.Assurance;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>What one sign-in asks for.</summary>
public static class SignInProperties
{
    internal const string LevelItem = "yinxin.level";
    internal const string DetailsItem = "yinxin.details";
    internal const string DeclinedItem = "yinxin.declined";
    internal const string OfPersonItem = "yinxin.level.person";
    internal const string MaxAgeItem = "yinxin.max-age";

    /// <summary>A sign-in that returns to <paramref name="returnUrl"/> and reaches at least <paramref name="level"/>, or fails.</summary>
    /// <param name="returnUrl">Path of this app.</param>
    /// <param name="level">The lowest level that suffices; <see cref="AssuranceLevel.Anonymous"/> for any.</param>
    public static AuthenticationProperties For(string returnUrl, AssuranceLevel level) => For(returnUrl, StepUpDemand.Of(level));

    /// <summary>A sign-in that returns to <paramref name="returnUrl"/> and shows what is demanded, or fails.</summary>
    /// <param name="returnUrl">Path of this app.</param>
    /// <param name="demand">Level and age, e.g. as an API asked for them.</param>
    public static AuthenticationProperties For(string returnUrl, StepUpDemand demand)
    {
        var properties = new OpenIdConnectChallengeProperties { RedirectUri = returnUrl };
        if (demand.AcrValues.Count > 0)
        {
            properties.Items[LevelItem] = string.Join(' ', demand.AcrValues);
            properties.Items[OfPersonItem] = demand.OfPerson ? "true" : null;
        }

        if (demand.MaxAge is { } age)
        {
            properties.Items[MaxAgeItem] = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return properties;
    }

    /// <summary>A sign-in in which the person confirms one transaction in person.</summary>
    /// <param name="returnUrl">Path of this app.</param>
    /// <param name="authorizationDetails">As the API that refused gave them, or from <see cref="Presence.PresenceRequest.ToAuthorizationDetails"/>.</param>
    /// <param name="declinedUrl">Path of this app for who does not confirm; null: a page that says so.</param>
    public static AuthenticationProperties ForPresence(string returnUrl, JsonElement authorizationDetails, string? declinedUrl = null)
    {
        var properties = new OpenIdConnectChallengeProperties { RedirectUri = returnUrl };
        properties.Items[DeclinedItem] = declinedUrl;
        properties.Items[LevelItem] = AssuranceLevel.Advanced.Acr();
        properties.Items[DetailsItem] = authorizationDetails.GetRawText();
        return properties;
    }

    /// <summary>A sign-in that first asks whom the person acts for; the new choice holds for this app when it returns.</summary>
    /// <param name="returnUrl">Path of this app.</param>
    public static AuthenticationProperties ToSwitch(string returnUrl) =>
        new OpenIdConnectChallengeProperties { RedirectUri = returnUrl, Prompt = "select_account" };

    /// <summary>What a challenge or its answer asked for; null when nothing.</summary>
    internal static StepUpDemand? DemandOf(AuthenticationProperties? properties)
    {
        if (properties is null)
        {
            return null;
        }

        var values = properties.Items.TryGetValue(LevelItem, out var acr) && acr is { Length: > 0 } ? acr.Split(' ') : [];
        TimeSpan? age = properties.Items.TryGetValue(MaxAgeItem, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
        return values.Length == 0 && age is null ? null : new StepUpDemand(values, age, properties.Items.TryGetValue(OfPersonItem, out var person) && person == "true");
    }

    /// <summary>OIDC Core §5.5.1.1: as a condition. <c>acr_values</c> would be a wish, and a wish not granted sends the person round in circles.</summary>
    internal static string EssentialLevel(StepUpDemand demand) => JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["id_token"] = new Dictionary<string, object>(StringComparer.Ordinal) { [demand.OfPerson ? "person_acr" : "acr"] = new { essential = true, values = demand.AcrValues } },
    });
}
