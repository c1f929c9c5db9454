using System.Linq.Expressions;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// When a mandate gives power: accepted, within its time, its organisation exists, and whoever answers for it still can: the legal
/// representative in office, or for a part passed on an agent whose own mandate gives power. One rule for every query.
/// </summary>
internal static class Standing
{
    public static Expression<Func<Mandate, bool>> At(DateTimeOffset now) => m =>
        m.State == MandateState.Active && m.ValidFrom <= now && m.ValidTo > now && m.Organisation!.EndedAt == null &&
        ((m.ParentId == null && m.AnsweredById == m.Organisation.LegalRepresentativeId) ||
            (m.ParentId != null && m.AnsweredById == m.Parent!.AgentId && m.Parent.ParentId == null &&
                m.Parent.State == MandateState.Active && m.Parent.MaySubDelegate && m.Parent.ValidFrom <= now && m.Parent.ValidTo > now &&
                m.Parent.AnsweredById == m.Organisation.LegalRepresentativeId));

    /// <summary>Tokens say the version they were made under; it grows with every step of the mandate and of the one above.</summary>
    public static int TokenVersion(Mandate mandate) => mandate.Version + (mandate.Parent?.Version ?? 0);
}
