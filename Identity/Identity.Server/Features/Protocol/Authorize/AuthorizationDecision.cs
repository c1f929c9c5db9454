using Yinxin.Identity.Server.Features.Assurance;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>OIDC Core §3.1.2.3 as a function: what happens next with this request and this session. Rules stand in the order in which they bind.</summary>
internal static class AuthorizationDecision
{
    private const string UnmetAuthenticationRequirements = "unmet_authentication_requirements";

    public static AuthorizationStep Decide(AuthorizationFacts facts, DateTimeOffset now)
    {
        var silent = facts.Prompts.Contains(PromptValues.None);
        if (MustSignIn(facts))
        {
            // Somebody else signed in although the client named the person: asking again would not end.
            var asIs = facts.Session is { } other && facts.StartedAt is { } start && other.AuthenticatedAt >= start;
            return silent || asIs ? new AuthorizationStep.Refuse(Errors.LoginRequired, "The person has to sign in.") : new AuthorizationStep.SignIn();
        }

        if (facts.Contradicts)
        {
            return new AuthorizationStep.Refuse(UnmetAuthenticationRequirements, "What is confirmed in person says advanced, which the essential levels leave out.");
        }

        var session = facts.Session!;
        if (IsTooOld(facts, session, now))
        {
            // A further factor is a proof of this moment as well: who needs both is asked once.
            return silent ? new AuthorizationStep.Refuse(Errors.LoginRequired, "The person has to prove themselves anew.")
                : session.ActingChosen && NeedsStrength(facts) && Below(facts, silent) is AuthorizationStep.StepUp both ? both : new AuthorizationStep.Confirm();
        }

        // Before the second factor: whoever else has the password must not be the one who sets it up.
        if (facts.InitialPassword)
        {
            return silent ? new AuthorizationStep.Refuse(Errors.InteractionRequired, "The initial password has to be changed.") : new AuthorizationStep.ChangePassword();
        }

        if (facts.SecondFactorMissing)
        {
            return silent ? new AuthorizationStep.Refuse(Errors.InteractionRequired, "An official has to show a second factor.") : new AuthorizationStep.ShowSecondFactor();
        }

        var asked = facts.Prompts.Contains(PromptValues.SelectAccount) && session.MayChoose && !facts.ChoseSinceStart;
        if (!session.ActingChosen || asked)
        {
            return silent ? new AuthorizationStep.Refuse(Errors.InteractionRequired, "The person has to choose whom to act for.") : new AuthorizationStep.ChooseActing();
        }

        var step = facts.Presence is { Proven: false, Declined: true } ? new AuthorizationStep.Refuse(Errors.AccessDenied, "The person did not confirm the transaction in person.") : AtLevel(facts, silent);
        if (step is AuthorizationStep.Issue && facts.Presence is { } presence)
        {
            step = InPerson(presence, session, silent);
        }

        return step is AuthorizationStep.Issue && facts.ConsentMissing ? AskConsent(silent) : step;
    }

    /// <summary>A wish is offered once: who has confirmed in person since has passed it.</summary>
    private static AuthorizationStep AtLevel(AuthorizationFacts facts, bool silent) =>
        facts.Acr.Minimum is { } minimum && facts.Reached < minimum && (facts.Acr.Essential || facts.Presence is not { Proven: true }) ? Below(facts, silent) : new AuthorizationStep.Issue();

    /// <summary>Advanced: proven for this request or not at all. An account needs to be somebody's (primary) for a face to be held against it, and to stay it until the code is given.</summary>
    private static AuthorizationStep InPerson(PresenceFacts presence, SessionFacts session, bool silent) => presence switch
    {
        _ when session.Level < AssuranceLevel.Primary => new AuthorizationStep.Refuse(UnmetAuthenticationRequirements, "The account's identity is not proven."),
        { Proven: true } => new AuthorizationStep.Issue(),
        _ when silent => new AuthorizationStep.Refuse(Errors.InteractionRequired, "The person has to confirm the transaction in person."),
        _ => new AuthorizationStep.ProvePresence(),
    };

    private static AuthorizationStep AskConsent(bool silent) => silent
        ? new AuthorizationStep.Refuse(Errors.ConsentRequired, "The person has to consent to the claims.")
        : new AuthorizationStep.AskConsent();

    private static bool MustSignIn(AuthorizationFacts facts) =>
        facts.Session is not { } session || (facts.HintedSubject is { } hinted && hinted != session.Subject) ||
        (facts.Prompts.Contains(PromptValues.Login) && !ProvedSinceStart(facts, session));

    /// <summary>OIDC Core §3.1.2.1: the person is to prove themselves anew, by any factor of the account.</summary>
    private static bool IsTooOld(AuthorizationFacts facts, SessionFacts session, DateTimeOffset now) =>
        facts.MaxAge is { } maxAge && !ProvedSinceStart(facts, session) && now - session.AuthenticatedAt > TimeSpan.FromSeconds(Math.Min(maxAge, int.MaxValue));

    /// <summary>Since the request arrived: that is what prompt and max_age wanted.</summary>
    private static bool ProvedSinceStart(AuthorizationFacts facts, SessionFacts session) => facts.StartedAt is { } started && session.AuthenticatedAt >= started;

    private static bool NeedsStrength(AuthorizationFacts facts) => facts.Acr.Minimum is { } minimum && facts.Session!.SignIn < minimum;

    private static AuthorizationStep Below(AuthorizationFacts facts, bool silent)
    {
        // Advanced is proven inside a transaction, and an agent stays below his cap: no page could reach either.
        var minimum = facts.Acr.Minimum!.Value;
        var reachable = minimum <= facts.Ceiling && !facts.StepUpDeclined && !silent;
        return (reachable, facts.Acr.Essential) switch
        {
            (true, _) => new AuthorizationStep.StepUp(minimum),
            (false, true) => new AuthorizationStep.Refuse(UnmetAuthenticationRequirements, "The level of assurance that was asked for is not reached."),
            (false, false) => new AuthorizationStep.Issue(),
        };
    }
}
