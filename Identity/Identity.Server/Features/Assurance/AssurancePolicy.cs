using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>
/// The level, computed from evidence each time it is needed and never stored (domain/identity §4). Pure: the same records,
/// the same moment, the same answer.
/// </summary>
internal static class AssurancePolicy
{
    private static readonly HashSet<string> RaisesPerson =
    [
        EvidenceKinds.Counter, EvidenceKinds.BankCard, EvidenceKinds.AlipayAccount, EvidenceKinds.HousingFundAccount, EvidenceKinds.RealPerson,
    ];

    private static readonly HashSet<string> RaisesOrganisation =
        [EvidenceKinds.Counter, EvidenceKinds.TaxAccount, EvidenceKinds.EnterpriseCertificate];

    /// <summary>Level of a natural person's account.</summary>
    public static AssuranceLevel OfPerson(IEnumerable<Evidence> evidence, DateTimeOffset now)
    {
        var kinds = ActiveKinds(evidence, now);
        var registered = kinds.Contains(EvidenceKinds.PopulationMatch) && kinds.Contains(EvidenceKinds.PhoneCode) &&
            (kinds.Contains(EvidenceKinds.Password) || kinds.Contains(EvidenceKinds.Passkey));
        return registered ? Raised(kinds, RaisesPerson) : AssuranceLevel.None;
    }

    /// <summary>Level of an organisation.</summary>
    public static AssuranceLevel OfOrganisation(IEnumerable<Evidence> evidence, DateTimeOffset now)
    {
        var kinds = ActiveKinds(evidence, now);
        var registered = kinds.Contains(EvidenceKinds.MarketRegistryMatch) && kinds.Contains(EvidenceKinds.LegalRepresentativeMatch);
        return registered ? Raised(kinds, RaisesOrganisation) : AssuranceLevel.None;
    }

    /// <summary>The most that the way of signing in can carry (RFC 8176 values).</summary>
    public static AssuranceLevel OfSignIn(IReadOnlyCollection<string> methods) => methods.Count == 0 ? AssuranceLevel.None : AssuranceLevel.Intermediate;

    /// <summary><c>identity.agent.level-cap</c>: the most that an agent reaches through a mandate, whatever his own level (domain/identity §6).</summary>
    public const AssuranceLevel AgentLevelCap = AssuranceLevel.Primary;

    /// <summary>Level of a session: no more than the account, no more than the sign-in showed, no more than the organisation acted for, and through a mandate no more than the cap.</summary>
    public static AssuranceLevel OfSession(AssuranceLevel account, IReadOnlyCollection<string> methods, AssuranceLevel? organisation, bool byMandate = false)
    {
        var level = Min(account, OfSignIn(methods));
        level = byMandate ? Min(level, AgentLevelCap) : level;
        return organisation is { } cap ? Min(level, cap) : level;
    }

    private static AssuranceLevel Raised(HashSet<string> kinds, HashSet<string> raising) =>
        kinds.Overlaps(raising) ? AssuranceLevel.Intermediate : AssuranceLevel.Primary;

    private static AssuranceLevel Min(AssuranceLevel a, AssuranceLevel b) => a < b ? a : b;

    private static HashSet<string> ActiveKinds(IEnumerable<Evidence> evidence, DateTimeOffset now)
    {
        var all = evidence.ToList();
        var superseded = all.Where(e => e.Supersedes is not null).Select(e => e.Supersedes!.Value).ToHashSet();
        return all
            .Where(e => e.State == EvidenceState.Active && !superseded.Contains(e.Id) && (e.ValidUntil is null || e.ValidUntil > now))
            .Select(e => e.Kind)
            .ToHashSet(StringComparer.Ordinal);
    }
}
