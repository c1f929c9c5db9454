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

    /// <summary>Whether the person is an official who has shown no more than a password.</summary>
    public bool SecondFactorMissing { get; init; }

    /// <summary>Whether the password is one that somebody else has seen: the account may be used by two.</summary>
    public bool InitialPassword { get; init; }

    public required IReadOnlySet<string> Prompts { get; init; }

    public long? MaxAge { get; init; }

    /// <summary>What is asked of the level, of the session and of the person; each has to be met by itself.</summary>
    public required IReadOnlyList<AcrRequest> Asked { get; init; }

    /// <summary>Subject of a valid <c>id_token_hint</c>.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>When the request first arrived; null while it is doing so now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public bool StepUpDeclined { get; init; }

    /// <summary>Whether the person has chosen whom to act for since the request arrived.</summary>
    public bool ChoseSinceStart { get; init; }

    /// <summary>Null when nobody is signed in.</summary>
    public SessionFacts? Session { get; init; }

    /// <summary>
    /// Tokens of a request that was confirmed in person say advanced, and OIDC Core §5.5.1.1 wants a value of the list: one without advanced can never be answered with them.
    /// </summary>
    public bool Contradicts => Presence is not null && Asked.Any(a => a is { Essential: true, OfPerson: false } && !a.Levels.Contains(AssuranceLevel.Advanced));

    /// <summary>Of that which is asked for what the session does not reach; where it reaches all, any of it.</summary>
    public AcrRequest Acr => OfSession.FirstOrDefault(a => a.Minimum is { } minimum && ReachedOf(a) < minimum) ?? OfSession.FirstOrDefault() ?? AcrRequest.Nothing;

    /// <summary>What the session reaches of it.</summary>
    public AssuranceLevel Reached => ReachedOf(Acr);

    /// <summary>The most that any page could reach of it.</summary>
    public AssuranceLevel Ceiling => Acr.OfPerson ? Session!.CeilingOfPerson : Session!.Ceiling;

    /// <summary>What is asked of <c>acr</c> beside presence is answered by the presence and not by the session; what is asked of the person stands.</summary>
    private IEnumerable<AcrRequest> OfSession => Presence is null ? Asked : Asked.Where(a => a.OfPerson);

    private AssuranceLevel ReachedOf(AcrRequest asked) => asked.OfPerson ? Session!.OfPerson : Session!.Level;
}

/// <param name="Subject">What tokens for the client call the person.</param>
/// <param name="Level">What <c>acr</c> says.</param>
/// <param name="Ceiling">The most that raising the level can reach in this session: for an agent what the policy lets a mandate carry.</param>
/// <param name="SignIn">The most that the sign-in carries as it is.</param>
/// <param name="OfPerson">What person and organisation reach without the cap of a mandate.</param>
/// <param name="CeilingOfPerson">The most that raising can reach of that: an agent raises himself and not the organisation.</param>
internal sealed record SessionFacts(
    string Subject, DateTimeOffset AuthenticatedAt, bool ActingChosen, AssuranceLevel Level, bool MayChoose, AssuranceLevel Ceiling, AssuranceLevel SignIn, AssuranceLevel OfPerson,
    AssuranceLevel CeilingOfPerson);

/// <param name="Proven">For this very request, and still valid.</param>
internal sealed record PresenceFacts(bool Proven, bool Declined);

/// <summary>The next step: a page to show, an error for the client, or the code.</summary>
internal abstract record AuthorizationStep
{
    public sealed record SignIn : AuthorizationStep;

    /// <summary>The person is signed in and proves themselves anew, by any factor.</summary>
    public sealed record Confirm : AuthorizationStep;

    public sealed record ChooseActing : AuthorizationStep;

    /// <summary>An official chooses a password of their own.</summary>
    public sealed record ChangePassword : AuthorizationStep;

    /// <summary>An official sets up, or shows, a second factor.</summary>
    public sealed record ShowSecondFactor : AuthorizationStep;

    public sealed record StepUp(AssuranceLevel Level) : AuthorizationStep;

    public sealed record ProvePresence : AuthorizationStep;

    public sealed record AskConsent : AuthorizationStep;

    public sealed record Refuse(string Error, string Description) : AuthorizationStep;

    public sealed record Issue : AuthorizationStep;
}
