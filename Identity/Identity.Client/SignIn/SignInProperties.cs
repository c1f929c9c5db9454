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

    /// <summary>A sign-in that returns to <paramref name="returnUrl"/> and reaches at least <paramref name="level"/>, or fails.</summary>
    /// <param name="returnUrl">Path of this app.</param>
    /// <param name="level">The lowest level that suffices; <see cref="AssuranceLevel.Anonymous"/> for any.</param>
    public static AuthenticationProperties For(string returnUrl, AssuranceLevel level)
    {
        var properties = new OpenIdConnectChallengeProperties { RedirectUri = returnUrl };
        if (level > AssuranceLevel.Primary)
        {
            properties.Items[LevelItem] = level.Acr();
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

    /// <summary>OIDC Core §5.5.1.1: as a condition. <c>acr_values</c> would be a wish, and a wish not granted sends the person round in circles.</summary>
    internal static string EssentialLevel(string acr) => JsonSerializer.Serialize(
        new { id_token = new { acr = new { essential = true, values = new[] { acr } } } });
}
