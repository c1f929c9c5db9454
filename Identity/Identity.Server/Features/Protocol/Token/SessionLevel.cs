using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>The level that a session reaches now, with or without an organisation behind it.</summary>
/// <param name="Effective">What <c>acr</c> says.</param>
/// <param name="Organisation">Level of the organisation acted for.</param>
internal sealed record SessionLevel(AssuranceLevel Effective, AssuranceLevel? Organisation);

/// <summary>Reads the evidence and asks the policy, anew for every token.</summary>
internal sealed class SessionLevels(IdentityContext database, TimeProvider time)
{
    public async Task<SessionLevel> OfAsync(Session session, Guid? organisationId, CancellationToken cancellationToken)
    {
        if (session.Account!.Kind == AccountKind.Staff)
        {
            // The department vouches for its staff: appointment is the proof, and there is no public evidence about them.
            return new SessionLevel(AssurancePolicy.OfSession(AssuranceLevel.Intermediate, session.Methods, null), null);
        }

        var person = session.AccountId;
        var subject = organisationId ?? person;
        var evidence = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == person || e.SubjectId == subject)
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        var account = AssurancePolicy.OfPerson(evidence.Where(e => e.SubjectId == person), now);
        AssuranceLevel? organisation = organisationId is null ? null : AssurancePolicy.OfOrganisation(evidence.Where(e => e.SubjectId == subject), now);
        return new SessionLevel(AssurancePolicy.OfSession(account, session.Methods, organisation), organisation);
    }
}
