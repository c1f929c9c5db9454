using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>
/// Demands a level of a page or endpoint. A person below it is sent to raise the level and comes back to the same address with
/// nothing typed lost; an API answers 401 <c>insufficient_user_authentication</c> (RFC 9470 §3).
/// </summary>
/// <param name="level">The lowest level that suffices.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequireAssuranceAttribute(AssuranceLevel level) : AuthorizeAttribute, IAuthorizationRequirementData
{
    /// <summary>The lowest level that suffices.</summary>
    public AssuranceLevel Level { get; } = level < AssuranceLevel.Advanced
        ? level : throw new ArgumentOutOfRangeException(nameof(level), level, "Advanced is no level of a session: demand it of the transaction (RequirePresence, PresenceGate).");

    /// <summary>Of the person at the screen, not of the matter: the cap of an agent's mandate does not count (<see cref="SignedInUser.LevelWithoutCap"/>).</summary>
    public bool OfPerson { get; set; }

    /// <inheritdoc />
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new AssuranceRequirement(Level, OfPerson)];
}

/// <summary>The same demand for minimal APIs.</summary>
public static class RequireAssuranceExtensions
{
    /// <summary>Demands <paramref name="level"/> of every request to these endpoints.</summary>
    public static TBuilder RequireAssurance<TBuilder>(this TBuilder builder, AssuranceLevel level)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new RequireAssuranceAttribute(level));
}

/// <summary>The demand as the authorization system knows it.</summary>
/// <param name="Level">The lowest level that suffices.</param>
/// <param name="OfPerson">See <see cref="RequireAssuranceAttribute.OfPerson"/>.</param>
public sealed record AssuranceRequirement(AssuranceLevel Level, bool OfPerson = false) : IAuthorizationRequirement;

internal sealed class AssuranceRequirementHandler : AuthorizationHandler<AssuranceRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AssuranceRequirement requirement)
    {
        var reached = requirement.OfPerson && context.User.SignedInUser() is { } user ? user.LevelWithoutCap : AssuranceClaim.OfSession(context.User);
        if (reached >= requirement.Level)
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
