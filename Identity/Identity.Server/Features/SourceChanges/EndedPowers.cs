using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>Ends what a person could do for organisations, inside the caller's transaction: mandates held, with the parts passed on, and the office of legal representative.</summary>
internal sealed class EndedPowers(IdentityContext database, MandateStore mandates, OrganisationChanges organisations, TimeProvider time)
{
    /// <param name="person">Whose.</param>
    /// <param name="reason">A word for machines, for the records.</param>
    /// <param name="by">Who answers for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="takesBack">Kinds of the organisations' evidence that are withdrawn, empty: all. None given: only that this person represents them, for the organisation is what it was.</param>
    public async Task EndAsync(Guid person, string reason, string by, CancellationToken cancellationToken, IReadOnlyCollection<string>? takesBack = null)
    {
        var now = time.GetUtcNow();
        var held = await database.Mandates.Where(m => m.AgentId == person && (m.State == MandateState.Active || m.State == MandateState.Suspended)).Select(m => m.Id).ToListAsync(cancellationToken);
        foreach (var id in held)
        {
            var mandate = await mandates.FindAsync(id, cancellationToken);
            var act = MandateFlow.At(mandate, now) == MandateState.Expired ? MandateAct.Expire : MandateAct.Revoke;
            await mandates.ActAsync(mandate, act, MandateRole.System, actor: null, reason, cancellationToken);
        }

        foreach (var organisation in await database.Organisations.Where(o => o.LegalRepresentativeId == person && o.EndedAt == null).Select(o => o.Id).ToListAsync(cancellationToken))
        {
            // Who represents it is open until its register names somebody.
            await EvidenceWithdrawal.AddAsync(database, organisation, takesBack ?? [EvidenceKinds.LegalRepresentativeMatch], reason, by, now, cancellationToken);
            await database.SaveChangesAsync(cancellationToken);
            await organisations.RepresentativeAsync(organisation, successor: null, reason, cancellationToken);
        }
    }
}
