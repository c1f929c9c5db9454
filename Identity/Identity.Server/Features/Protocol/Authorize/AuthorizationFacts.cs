using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>What the next step of an authorization request depends on.</summary>
internal sealed record AuthorizationFacts
{
    /// <summary>Added to the return address by the step-up page when the person cannot or will not raise their level.</summary>
    public const string DeclinedParameter = "step_up";

    /// <summary>The same by the page that asks for presence.</summary>
    public const string PresenceDeclinedParameter = "presence";

    /// <summary>The same by the page that asks for consent.</summary>
    public const string ConsentDeclinedParameter = "consent";

    public static readonly string[] Declines = [DeclinedParameter, PresenceDeclinedParameter, ConsentDeclinedParameter];

    /// <summary>Null when the request asks for no presence.</summary>
    public PresenceFacts? Presence { get; init; }

    /// <summary>Whether the person has to be asked before verified claims are given.</summary>
    public bool ConsentMissing { get; init; }

    public required IReadOnlySet<string> Prompts { get; init; }

    public long? MaxAge { get; init; }

    public required AcrRequest Acr { get; init; }

    /// <summary>Subject of a valid <c>id_token_hint</c>.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>When the request first arrived; null while it is doing so now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public bool StepUpDeclined { get; init; }

    /// <summary>Whether the person has chosen whom to act for since the request arrived.</summary>
    public bool ChoseSinceStart { get; init; }

    /// <summary>Null when nobody is signed in.</summary>
    public SessionFacts? Session { get; init; }

    /// <summary>What the session reaches of that which is asked for.</summary>
    public AssuranceLevel Reached => Acr.OfPerson ? Session!.OfPerson : Session!.Level;

    /// <summary>The most that any page could reach of it.</summary>
    public AssuranceLevel Ceiling => Acr.OfPerson ? AssuranceLevel.Intermediate : Session!.Ceiling;
}

/// <param name="Level">What <c>acr</c> says.</param>
/// <param name="Ceiling">The most that raising the level can reach in this session: for an agent what the policy lets a mandate carry.</param>
/// <param name="SignIn">The most that the sign-in carries as it is.</param>
/// <param name="OfPerson">What person and organisation reach without the cap of a mandate.</param>
internal sealed record SessionFacts(
    string Subject, DateTimeOffset AuthenticatedAt, bool ActingChosen, AssuranceLevel Level, bool MayChoose, AssuranceLevel Ceiling, AssuranceLevel SignIn, AssuranceLevel OfPerson);

/// <param name="Proven">For this very request, and still valid.</param>
internal sealed record PresenceFacts(bool Proven, bool Declined);

/// <summary>The next step: a page to show, an error for the client, or the code.</summary>
internal abstract record AuthorizationStep
{
    public sealed record SignIn : AuthorizationStep;

    /// <summary>The person is signed in and proves themselves anew, by any factor.</summary>
    public sealed record Confirm : AuthorizationStep;

    public sealed record ChooseActing : AuthorizationStep;

    public sealed record StepUp(AssuranceLevel Level) : AuthorizationStep;

    public sealed record ProvePresence : AuthorizationStep;

    public sealed record AskConsent : AuthorizationStep;

    public sealed record Refuse(string Error, string Description) : AuthorizationStep;

    public sealed record Issue : AuthorizationStep;
}
