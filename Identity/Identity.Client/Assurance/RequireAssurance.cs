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

    /// <summary>How many seconds ago the person may have proved themselves (<c>auth_time</c>) at most; 0: any time.</summary>
    public int MaxAgeSeconds { get; set; }

    /// <inheritdoc />
    public IEnumerable<IAuthorizationRequirement> GetRequirements() =>
        [new AssuranceRequirement(Level, OfPerson, MaxAgeSeconds > 0 ? TimeSpan.FromSeconds(MaxAgeSeconds) : null)];
}

/// <summary>The same demand for minimal APIs.</summary>
public static class RequireAssuranceExtensions
{
    /// <summary>Demands <paramref name="level"/> of every request to these endpoints.</summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="level">The lowest level that suffices.</param>
    /// <param name="maxAge">How long ago the person may have proved themselves at most; whole seconds.</param>
    public static TBuilder RequireAssurance<TBuilder>(this TBuilder builder, AssuranceLevel level, TimeSpan? maxAge = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new RequireAssuranceAttribute(level) { MaxAgeSeconds = (int)(maxAge?.TotalSeconds ?? 0) });
}

/// <summary>The demand as the authorization system knows it.</summary>
/// <param name="Level">The lowest level that suffices.</param>
/// <param name="OfPerson">See <see cref="RequireAssuranceAttribute.OfPerson"/>.</param>
/// <param name="MaxAge">How long ago the person may have proved themselves; null: any time.</param>
public sealed record AssuranceRequirement(AssuranceLevel Level, bool OfPerson = false, TimeSpan? MaxAge = null) : IAuthorizationRequirement;

internal sealed class AssuranceRequirementHandler(TimeProvider time) : AuthorizationHandler<AssuranceRequirement>
{
    /// <summary>Two clocks differ a little. Who asks must be the more lenient: else Identity finds the proof recent enough and the person goes round in circles.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(5);

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AssuranceRequirement requirement)
    {
        var reached = requirement.OfPerson && context.User.SignedInUser() is { } user ? user.LevelWithoutCap : AssuranceClaim.OfSession(context.User);
        if (reached >= requirement.Level && IsRecent(context.User, requirement.MaxAge))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    /// <summary>A token that does not say when is no proof of when.</summary>
    private bool IsRecent(System.Security.Claims.ClaimsPrincipal user, TimeSpan? maxAge) =>
        maxAge is null || (StepUpDemand.AuthTime(user) is { } proved && time.GetUtcNow() - proved <= maxAge + Leeway);
}
