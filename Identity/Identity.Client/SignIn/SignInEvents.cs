using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Yinxin.Identity.Client.Assurance;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>What an app adds to the code flow: the level as a condition, the issuer checked, a failed sign-in told plainly.</summary>
internal sealed class SignInEvents(string issuer) : OpenIdConnectEvents
{
    private const string Unmet = "unmet_authentication_requirements";

    /// <summary>Two clocks differ a little, and the way back takes a moment.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        var demand = SignInProperties.DemandOf(context.Properties);
        if (demand?.AcrValues.Count > 0)
        {
            context.ProtocolMessage.SetParameter("claims", SignInProperties.EssentialLevel(demand));
        }

        if (demand?.MaxAge is { } age)
        {
            context.ProtocolMessage.MaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (context.Properties.Items.TryGetValue(SignInProperties.DetailsItem, out var details) && details is not null)
        {
            context.ProtocolMessage.SetParameter("authorization_details", details);
        }

        if (context.Request.Headers["HX-Request"] == "true")
        {
            // A script cannot follow to another origin: the page is loaded again and leads to the sign-in itself.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            if (demand is null)
            {
                context.Response.Headers["HX-Refresh"] = "true";
            }
            else
            {
                // The page itself would ask for nothing: an API behind this one request did.
                context.Response.Headers["HX-Redirect"] = SignInEndpoints.StepUpAddress(context.Properties.RedirectUri ?? "/", demand);
            }

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

    /// <summary>OIDC Core §3.1.3.7, 12 and 13: what was demanded is also there; a request that was altered on its way through the browser gains nothing.</summary>
    public override Task TokenValidated(TokenValidatedContext context)
    {
        if (SignInProperties.DemandOf(context.Properties) is not { } demand || context.Principal is not { } person)
        {
            return Task.CompletedTask;
        }

        var now = (context.Options.TimeProvider ?? TimeProvider.System).GetUtcNow();
        if (!demand.ShowsLevel(person) || (demand.MaxAge is { } age && (StepUpDemand.AuthTime(person) is not { } proved || now - proved > age + Leeway)))
        {
            var failure = new AuthenticationFailureException("The ID token does not show what was demanded.");
            failure.Data["error"] = Unmet;
            context.Fail(failure);
        }

        return Task.CompletedTask;
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        var code = context.Failure?.Data["error"] as string;
        var reason = code == Unmet ? "level" : code == "access_denied" ? "denied" : "failed";
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
