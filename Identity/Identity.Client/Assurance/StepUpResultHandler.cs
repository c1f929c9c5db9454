using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>Turns "not signed in" and "level too low" into the way that leads on: a redirect for people, RFC 9470 for machines.</summary>
internal sealed class StepUpResultHandler(KeptForms forms) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler otherwise = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var level = policy.Requirements.OfType<AssuranceRequirement>().Select(r => r.Level).DefaultIfEmpty().Max();
        var tooLow = authorizeResult.Forbidden &&
            authorizeResult.AuthorizationFailure?.FailedRequirements.All(r => r is AssuranceRequirement) == true;
        if (authorizeResult.Succeeded || IsMachine(context, policy))
        {
            if (tooLow)
            {
                Refuse(context, level);
                return;
            }

            await otherwise.HandleAsync(next, context, policy, authorizeResult);
        }
        else if (authorizeResult.Challenged || tooLow)
        {
            var properties = SignInProperties.For(await forms.AddressToReturnToAsync(context), level);
            await context.ChallengeAsync(YinxinSignIn.ChallengeScheme, properties);
        }
        else
        {
            await otherwise.HandleAsync(next, context, policy, authorizeResult);
        }
    }

    /// <summary>RFC 9470 §3: which level the client's next token needs.</summary>
    private static void Refuse(HttpContext context, AssuranceLevel level)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate =
            $"Bearer error=\"insufficient_user_authentication\", error_description=\"A higher level of assurance is needed\", acr_values=\"{level.Acr()}\"";
    }

    private static bool IsMachine(HttpContext context, AuthorizationPolicy policy) =>
        policy.AuthenticationSchemes.Contains("Bearer") || context.Request.Headers.Authorization.Count > 0;
}
