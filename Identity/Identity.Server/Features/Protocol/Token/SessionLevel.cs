using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>The level that a session reaches now, with or without an organisation behind it.</summary>
/// <param name="Effective">What <c>acr</c> says.</param>
/// <param name="Organisation">Level of the organisation acted for.</param>
internal sealed record SessionLevel(AssuranceLevel Effective, AssuranceLevel? Organisation);

/// <summary>Reads the evidence and asks the policy, anew for every token.</summary>
internal sealed class SessionLevels(GradeReader grades)
{
    public async Task<SessionLevel> OfAsync(Session session, Guid? organisationId, CancellationToken cancellationToken)
    {
        var policy = await grades.PolicyAsync(cancellationToken);
        if (session.Account!.Kind == AccountKind.Staff)
        {
            // The department vouches for its staff: appointment is the proof, and there is no public evidence about them.
            return new SessionLevel(policy.OfSession(policy.Staff, session.Methods, null), null);
        }

        var account = (await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken)).Level;
        AssuranceLevel? organisation = organisationId is { } id ? (await grades.OfAsync(SubjectKind.Organisation, id, cancellationToken)).Level : null;
        return new SessionLevel(policy.OfSession(account, session.Methods, organisation), organisation);
    }
}
