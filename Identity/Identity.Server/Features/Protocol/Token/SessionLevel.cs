using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>The level that a session reaches now, with or without an organisation behind it.</summary>
/// <param name="Effective">What <c>acr</c> says.</param>
/// <param name="Organisation">Level of the organisation acted for.</param>
/// <param name="Own">What the person reaches for themselves in this session.</param>
/// <param name="Ceiling">The most that raising the person's level could reach here: for an agent what the policy lets a mandate carry.</param>
/// <param name="SignIn">The most that the sign-in carries with all that was shown in this session.</param>
/// <param name="Account">What the person's account is at, whatever the sign-in.</param>
internal sealed record SessionLevel(
    AssuranceLevel Effective, AssuranceLevel? Organisation, AssuranceLevel Own, AssuranceLevel Ceiling, AssuranceLevel SignIn, AssuranceLevel Account);

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
        var policy = await grades.PolicyAsync(cancellationToken);
        if (session.Account!.Kind == AccountKind.Staff)
        {
            // The department vouches for its staff: appointment is the proof, and there is no public evidence about them.
            var official = policy.OfSession(policy.Staff, session.Methods, null);
            return new SessionLevel(official, null, official, AssuranceLevel.Intermediate, policy.OfSignIn(session.Methods), policy.Staff);
        }

        var account = (await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken)).Level;
        AssuranceLevel? organisation = acting is null ? null : (await grades.OfAsync(SubjectKind.Organisation, acting.Organisation, cancellationToken)).Level;
        var own = policy.OfSession(account, session.Methods, organisation: null);
        var effective = policy.OfSession(account, session.Methods, organisation);
        var signIn = policy.OfSignIn(session.Methods);
        return acting?.Mandate is null
            ? new SessionLevel(effective, organisation, own, AssuranceLevel.Intermediate, signIn, account)
            : new SessionLevel(effective < policy.AgentCap ? effective : policy.AgentCap, organisation, own, policy.AgentCap, signIn, account);
    }
}
