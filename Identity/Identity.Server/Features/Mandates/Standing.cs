using System.Linq.Expressions;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// When a mandate gives power: accepted, within its time, its organisation exists and is not frozen, and whoever answers for it still can: the legal
/// representative in office, or for a part passed on an agent whose own mandate gives power, and none of them with a frozen account. One rule for every query.
/// </summary>
internal static class Standing
{
    /// <summary>Those that give power now.</summary>
    /// <param name="mandates">Of which.</param>
    /// <param name="accounts">All accounts, of the same context: those of whoever answers are looked at in the same statement.</param>
    /// <param name="now">The moment.</param>
    public static IQueryable<Mandate> GivingPower(this IQueryable<Mandate> mandates, IQueryable<Account> accounts, DateTimeOffset now) =>
        mandates.Where(InForce(now)).Where(Answered(accounts));

    /// <summary>Those that would give power now, were not the organisation, or the account of one who answers for them, frozen: they do again when that is lifted, and nobody confirms them anew.</summary>
    public static IQueryable<Mandate> HeldUp(this IQueryable<Mandate> mandates, IQueryable<Account> accounts, DateTimeOffset now) =>
        mandates.Where(InForce(now)).Where(NotAnswered(accounts));

    /// <summary>Those whose grantor's account is frozen, or the one of the mandate above, or whose organisation is, in whatever state they are.</summary>
    public static IQueryable<Mandate> WithFrozenGrantor(this IQueryable<Mandate> mandates, IQueryable<Account> accounts) => mandates.Where(NotAnswered(accounts));

    /// <summary>Tokens say the version they were made under; it grows with every step of the mandate and of the one above.</summary>
    public static int TokenVersion(Mandate mandate) => mandate.Version + (mandate.Parent?.Version ?? 0);

    private static Expression<Func<Mandate, bool>> InForce(DateTimeOffset now) => m =>
        m.State == MandateState.Active && m.ValidFrom <= now && m.ValidTo > now && m.Organisation!.EndedAt == null &&
        ((m.ParentId == null && m.AnsweredById == m.Organisation.LegalRepresentativeId) ||
            (m.ParentId != null && m.AnsweredById == m.Parent!.AgentId && m.Parent.ParentId == null &&
                m.Parent.State == MandateState.Active && m.Parent.MaySubDelegate && m.Parent.ValidFrom <= now && m.Parent.ValidTo > now &&
                m.Parent.AnsweredById == m.Organisation.LegalRepresentativeId));

    /// <summary>Whoever is shut out of the account, for whatever reason, answers for nobody; who froze it makes no difference. For a frozen organisation nobody does.</summary>
    private static Expression<Func<Mandate, bool>> Answered(IQueryable<Account> accounts) => m =>
        m.Organisation!.FrozenAt == null && accounts.Any(a => a.Id == m.AnsweredById && a.FrozenAt == null && a.ClosedAt == null) &&
        (m.ParentId == null || accounts.Any(a => a.Id == m.Parent!.AnsweredById && a.FrozenAt == null && a.ClosedAt == null));

    private static Expression<Func<Mandate, bool>> NotAnswered(IQueryable<Account> accounts)
    {
        var answered = Answered(accounts);
        return Expression.Lambda<Func<Mandate, bool>>(Expression.Not(answered.Body), answered.Parameters);
    }
}
