using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Client.Mandates;

/// <summary>Keeps an agent within his mandate. Whoever acts for himself, or as legal representative, passes.</summary>
public static class MandateChecks
{
    /// <summary>Code of the refusal. The problem's <c>power</c> or <c>matter</c>, <c>seal</c> or <c>level</c> says what was missing.</summary>
    public const string Code = "mandate_scope_exceeded";

    private static readonly Problem Exceeded = new(
        Code, StatusCodes.Status403Forbidden,
        "此操作超出您的授权范围。请联系法定代表人调整授权，或切换办事身份。",
        "This goes beyond your mandate. Please ask the legal representative for a wider one, or switch whom you act for.");

    /// <summary>Demands a power of every agent who calls these endpoints.</summary>
    public static TBuilder RequirePower<TBuilder>(this TBuilder builder, ActingPower power)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter<TBuilder>((context, next) =>
    {
        context.HttpContext.User.DemandPower(power);
        return next(context);
    });

    /// <exception cref="ProblemException">403: the agent's mandate lacks the power.</exception>
    public static void DemandPower(this ClaimsPrincipal principal, ActingPower power)
    {
        if (Agent(principal) is { } acting && acting.Mandate?.Has(power) != true)
        {
            throw Refusal("power", power.Name());
        }
    }

    /// <param name="principal">Who calls.</param>
    /// <param name="matter">Implementation code; null where it is not known.</param>
    /// <param name="type">The matter's type where the caller knows it.</param>
    /// <exception cref="ProblemException">403: the matter is outside the agent's mandate.</exception>
    public static void DemandMatter(this ClaimsPrincipal principal, string? matter, string? type = null)
    {
        if (Agent(principal) is { } acting && acting.Mandate?.Covers(matter, type) != true)
        {
            throw Refusal("matter", matter);
        }
    }

    /// <exception cref="ProblemException">403: the agent's mandate does not name the seal.</exception>
    public static void DemandSeal(this ClaimsPrincipal principal, string seal)
    {
        principal.DemandPower(ActingPower.UseSeal);
        if (Agent(principal) is { } acting && acting.Mandate?.MayUse(seal) != true)
        {
            throw Refusal("seal", seal);
        }
    }

    /// <summary>
    /// For an act whose level the caller does not reach: no step-up helps an agent above his ceiling, so he is told that instead of being sent round in circles. Below it he passes, and is
    /// asked to step up as anybody else is.
    /// </summary>
    /// <exception cref="ProblemException">403: the caller is an agent, and the level lies above his ceiling.</exception>
    public static void DemandLevel(this ClaimsPrincipal principal, AssuranceLevel needed)
    {
        if (principal.SignedInUser() is { ActingFor.IsAgent: true } agent && agent.Ceiling < needed)
        {
            throw Refusal("level", needed.Acr());
        }
    }

    /// <summary>What a list may show to an agent; null when nothing bounds the caller. A token that names an agent without a readable mandate reaches nowhere.</summary>
    public static MandateScope? Scope(this ClaimsPrincipal principal) =>
        Agent(principal) is { } acting ? acting.Mandate?.Scope ?? MandateScope.Nowhere : null;

    private static ActingFor? Agent(ClaimsPrincipal principal) => principal.SignedInUser()?.ActingFor is { IsAgent: true } acting ? acting : null;

    private static ProblemException Refusal(string what, string? value)
    {
        var exception = Exceeded.Exception();
        exception.Extensions[what] = value;
        return exception;
    }
}

/// <summary>The same demand for pages.</summary>
/// <param name="power">The power.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class RequirePowerAttribute(ActingPower power) : Attribute, IAuthorizationFilter
{
    /// <summary>The power.</summary>
    public ActingPower Power { get; } = power;

    /// <inheritdoc />
    public void OnAuthorization(AuthorizationFilterContext context) => context.HttpContext.User.DemandPower(Power);
}
