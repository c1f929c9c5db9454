using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>The level that a session reaches now, with or without an organisation behind it.</summary>
/// <param name="Effective">What <c>acr</c> says.</param>
/// <param name="Organisation">Level of the organisation acted for.</param>
/// <param name="Own">What the person reaches for themselves in this session.</param>
/// <param name="Ceiling">The most that raising could reach here: for an agent what the policy lets a mandate carry, and no more than the organisation's own level, which is not the agent's to raise.</param>
/// <param name="SignIn">The most that the sign-in carries with all that was shown in this session.</param>
/// <param name="Account">What the person's account is at, whatever the sign-in.</param>
internal sealed record SessionLevel(
    AssuranceLevel Effective, AssuranceLevel? Organisation, AssuranceLevel Own, AssuranceLevel Ceiling, AssuranceLevel SignIn, AssuranceLevel Account)
{
    /// <summary>What all of that was computed from.</summary>
    public LevelBasis Basis { get; init; } = new(0, 0);

    /// <summary>When person or organisation fall although nothing happens, because evidence runs out; null: never.</summary>
    public DateTimeOffset? FallsAt { get; init; }
}

/// <summary>For whom, and as what.</summary>
/// <param name="Organisation">The organisation acted for.</param>
/// <param name="Mandate">The agent's mandate; null for the legal representative.</param>
internal sealed record ActingAs(Guid Organisation, Guid? Mandate)
{
    public static ActingAs? Of(Session session) => session.ActingForId is { } id ? new(id, session.ActingMandateId) : null;

    public static ActingAs? Of(Grant grant) => grant.ActingForId is { } id ? new(id, grant.MandateId) : null;
}

/// <summary>Reads the evidence and asks the policy, anew for every token.</summary>
internal sealed class SessionLevels(GradeReader grades)
{
    public async Task<SessionLevel> OfAsync(Session session, ActingAs? acting, CancellationToken cancellationToken)
    {
        var policy = await grades.PolicyOfThisMomentAsync(cancellationToken);
        if (session.Account!.Kind == AccountKind.Staff)
        {
            // The department vouches for its staff: appointment is the proof, and there is no public evidence about them.
            var official = policy.OfSession(policy.Staff, session.Methods, null);
            return new SessionLevel(official, null, official, AssuranceLevel.Intermediate, policy.OfSignIn(session.Methods), policy.Staff) { Basis = new LevelBasis(policy.Version, 0) };
        }

        var person = await grades.OfAsync(policy, SubjectKind.Person, session.AccountId, cancellationToken);
        var represented = acting is null ? null : await grades.OfAsync(policy, SubjectKind.Organisation, acting.Organisation, cancellationToken);
        var level = Of(policy, session, acting, person.Level, represented?.Level);
        return level with
        {
            Basis = new LevelBasis(policy.Version, person.Place, represented?.Place ?? 0, acting?.Organisation),
            FallsAt = represented?.ChangesAt is { } falls && (person.ChangesAt is null || falls < person.ChangesAt) ? falls : person.ChangesAt,
        };
    }

    private static SessionLevel Of(AssurancePolicy policy, Session session, ActingAs? acting, AssuranceLevel account, AssuranceLevel? organisation)
    {
        var own = policy.OfSession(account, session.Methods, organisation: null);
        var effective = policy.OfSession(account, session.Methods, organisation);
        var signIn = policy.OfSignIn(session.Methods);
        if (acting?.Mandate is null)
        {
            return new SessionLevel(effective, organisation, own, AssuranceLevel.Intermediate, signIn, account);
        }

        var ceiling = organisation < policy.AgentCap ? organisation.Value : policy.AgentCap;
        return new SessionLevel(effective < ceiling ? effective : ceiling, organisation, own, ceiling, signIn, account);
    }
}
