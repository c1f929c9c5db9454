using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>
/// Turns "not signed in" and "level too low" into the way that leads on: a redirect for people, RFC 9470 for machines; also where it is an API behind the endpoint that says so.
/// </summary>
internal sealed class StepUpResultHandler(KeptForms forms, StepUpChallenge challenge) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler otherwise = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var tooLow = authorizeResult.Forbidden &&
            authorizeResult.AuthorizationFailure?.FailedRequirements.All(r => r is AssuranceRequirement) == true;
        var machine = IsMachine(context, policy);
        if (authorizeResult.Succeeded)
        {
            await PassAsync(next, context, policy, authorizeResult, machine);
        }
        else if (machine && tooLow)
        {
            Refuse(context, Demand(policy, signedIn: true));
        }
        else if (!machine && (authorizeResult.Challenged || tooLow))
        {
            // Who is signed in and has too little is told so where another sign-in could show no more: else they go round in circles.
            var demand = Demand(policy, signedIn: tooLow);
            await context.ChallengeAsync(
                YinxinSignIn.ChallengeScheme,
                tooLow ? await challenge.PropertiesAsync(context, demand) : SignInProperties.For(await forms.AddressToReturnToAsync(context), demand));
        }
        else
        {
            await otherwise.HandleAsync(next, context, policy, authorizeResult);
        }
    }

    private async Task PassAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult, bool machine)
    {
        try
        {
            await otherwise.HandleAsync(next, context, policy, authorizeResult);
        }
        catch (StepUpNeededException e) when (!context.Response.HasStarted)
        {
            if (machine)
            {
                Refuse(context, e.Demand);
                return;
            }

            await context.ChallengeAsync(YinxinSignIn.ChallengeScheme, await challenge.PropertiesAsync(context, e.Demand));
        }
    }

    /// <summary>All that the endpoint asks for at once: the highest level, the shortest time.</summary>
    /// <param name="policy">Of the endpoint.</param>
    /// <param name="signedIn">Whether somebody is signed in; a visitor is asked for primary only when the first sign-in has shown less.</param>
    private static StepUpDemand Demand(AuthorizationPolicy policy, bool signedIn)
    {
        var asked = policy.Requirements.OfType<AssuranceRequirement>().ToList();
        var level = asked.Select(r => r.Level).DefaultIfEmpty().Max();
        return StepUpDemand.Of(signedIn || level > AssuranceLevel.Primary ? level : AssuranceLevel.Anonymous, asked.Select(r => r.MaxAge).Where(age => age is not null).Min(), asked.Count > 0 && asked.Where(r => r.Level == level).All(r => r.OfPerson));
    }

    /// <summary>RFC 9470 §3: what the client's next token needs.</summary>
    private static void Refuse(HttpContext context, StepUpDemand demand)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = demand.ToChallenge();
    }

    private static bool IsMachine(HttpContext context, AuthorizationPolicy policy) =>
        policy.AuthenticationSchemes.Contains("Bearer") || context.Request.Headers.Authorization.Count > 0;
}
