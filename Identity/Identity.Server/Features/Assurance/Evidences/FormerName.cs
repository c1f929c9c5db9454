using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>What becomes of evidence when a person's name is new, whoever tells of it: what was proved with the former name (a card, a fund account) names somebody who is no longer called so.</summary>
internal static class FormerName
{
    /// <summary>Word for machines in the withdrawal.</summary>
    public const string Reason = "name-changed";

    /// <summary>What an official saw stays: it was the person, whatever the name.</summary>
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        EvidenceKinds.BankCard, EvidenceKinds.AlipayAccount, EvidenceKinds.HousingFundAccount, EvidenceKinds.RealPerson,
    };

    /// <param name="standing">The records that nothing has taken back yet.</param>
    /// <param name="by">Who answers for the change.</param>
    /// <param name="now">The moment of the change: the same as of the new match, so that this bears the new name.</param>
    public static IEnumerable<Evidence> Withdrawals(IEnumerable<Evidence> standing, string by, DateTimeOffset now) =>
        standing.Where(e => Kinds.Contains(e.Kind)).Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, Reason, by, now));
}
