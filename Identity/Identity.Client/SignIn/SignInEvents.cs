using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>What an app adds to the code flow: the level as a condition, the issuer checked, a failed sign-in told plainly.</summary>
internal sealed class SignInEvents(string issuer) : OpenIdConnectEvents
{
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        if (context.Properties.Items.TryGetValue(SignInProperties.LevelItem, out var acr) && acr is not null)
        {
            context.ProtocolMessage.SetParameter("claims", SignInProperties.EssentialLevel(acr));
        }

        if (context.Properties.Items.TryGetValue(SignInProperties.DetailsItem, out var details) && details is not null)
        {
            context.ProtocolMessage.SetParameter("authorization_details", details);
        }

        if (context.Request.Headers["HX-Request"] == "true")
        {
            // A script cannot follow to another origin: the page is loaded again and leads to the sign-in itself.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers["HX-Refresh"] = "true";
            context.HandleResponse();
            return Task.CompletedTask;
        }

        context.ProtocolMessage.UiLocales = System.Globalization.CultureInfo.CurrentUICulture.Name;
        return Task.CompletedTask;
    }

    /// <summary>RFC 9207 §2.4: an answer that names another issuer, or none, comes from a mix-up.</summary>
    public override Task MessageReceived(MessageReceivedContext context)
    {
        if ((context.ProtocolMessage.Code is not null || context.ProtocolMessage.Error is not null) && context.ProtocolMessage.Iss != issuer)
        {
            context.Fail("The authorization response names another issuer.");
        }

        return Task.CompletedTask;
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        var code = context.Failure?.Data["error"] as string;
        var reason = code == "unmet_authentication_requirements" ? "level" : code == "access_denied" ? "denied" : "failed";
        if (reason == "denied" && context.Properties?.Items.TryGetValue(SignInProperties.DeclinedItem, out var declined) == true && declined is { Length: > 0 })
        {
            context.Response.Redirect(declined);
            context.HandleResponse();
            return Task.CompletedTask;
        }

        var back = context.Properties?.RedirectUri is { Length: > 0 } url && url.StartsWith('/') ? $"&returnUrl={Uri.EscapeDataString(url)}" : "";
        context.Response.Redirect($"{SignInEndpoints.FailedPath}?reason={reason}{back}");
        context.HandleResponse();
        return Task.CompletedTask;
    }
}
