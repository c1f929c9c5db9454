using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// What becomes of an organisation's evidence when somebody else represents it, whoever tells of it: what the former representative showed (at a counter, with the tax account) proved that this
/// person came for it, and the new one has shown nothing yet. A certificate is the organisation's own and names nobody: it stays.
/// </summary>
internal static class FormerRepresentative
{
    /// <summary>Of these the matched attributes name the legal representative; the register's own match is replaced or withdrawn by whoever writes the change.</summary>
    private static readonly string[] Kinds = [EvidenceKinds.Counter, EvidenceKinds.TaxAccount];

    /// <summary>Adds a withdrawal for each record that still stands, to the caller's change.</summary>
    /// <param name="database">The context.</param>
    /// <param name="organisation">Whose evidence.</param>
    /// <param name="register">The register that names another representative.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was anything to take back.</returns>
    public static async Task<bool> WithdrawAsync(IdentityContext database, Guid organisation, string register, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var shown = (await EvidenceWithdrawal.StandingAsync(database, organisation, cancellationToken)).Where(e => Kinds.Contains(e.Kind, StringComparer.Ordinal)).ToList();
        database.Evidence.AddRange(shown.Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, SourceChangeKinds.RepresentativeChanged, register, now)));
        return shown.Count > 0;
    }
}
