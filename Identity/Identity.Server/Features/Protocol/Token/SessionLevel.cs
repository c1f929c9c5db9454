using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>The level that a session reaches now, with or without an organisation behind it.</summary>
/// <param name="Effective">What <c>acr</c> says.</param>
/// <param name="Organisation">Level of the organisation acted for.</param>
/// <param name="Own">What the person reaches for themselves in this session.</param>
internal sealed record SessionLevel(AssuranceLevel Effective, AssuranceLevel? Organisation, AssuranceLevel Own);

/// <summary>For whom, and as what.</summary>
/// <param name="Organisation">The organisation acted for.</param>
/// <param name="Mandate">The agent's mandate; null for the legal representative.</param>
internal sealed record ActingAs(Guid Organisation, Guid? Mandate)
{
    public static ActingAs? Of(Session session) => session.ActingForId is { } id ? new(id, session.ActingMandateId) : null;

    public static ActingAs? Of(Grant grant) => grant.ActingForId is { } id ? new(id, grant.MandateId) : null;
}

/// <summary>Reads the evidence and asks the policy, anew for every token.</summary>
internal sealed class SessionLevels(IdentityContext database, TimeProvider time)
{
    public async Task<SessionLevel> OfAsync(Session session, ActingAs? acting, CancellationToken cancellationToken)
    {
        if (session.Account!.Kind == AccountKind.Staff)
        {
            // The department vouches for its staff: appointment is the proof, and there is no public evidence about them.
            var official = AssurancePolicy.OfSession(AssuranceLevel.Intermediate, session.Methods, null);
            return new SessionLevel(official, null, official);
        }

        var person = session.AccountId;
        var subject = acting?.Organisation ?? person;
        var evidence = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == person || e.SubjectId == subject)
            .ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        var account = AssurancePolicy.OfPerson(evidence.Where(e => e.SubjectId == person), now);
        AssuranceLevel? organisation = acting is null ? null : AssurancePolicy.OfOrganisation(evidence.Where(e => e.SubjectId == subject), now);
        return new SessionLevel(
            AssurancePolicy.OfSession(account, session.Methods, organisation, byMandate: acting?.Mandate is not null),
            organisation,
            AssurancePolicy.OfSession(account, session.Methods, organisation: null));
    }
}
