using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.Mandates;

/// <summary>One mandate, people masked: its terms, each step that it took, and whether records, audit and row are of one mind. Opening it is noted.</summary>
internal sealed class ShowMandateModel(IdentityContext database, MandateView view, MandateCheck check, IAuditTrail audit) : ConsolePage
{
    public Mandate Mandate { get; private set; } = null!;

    public MandateState State { get; private set; }

    /// <summary>Whether it gives no power because the account of one who answers for it is frozen.</summary>
    public bool IsHeldUp { get; private set; }

    public string Agent { get; private set; } = "";

    public IReadOnlyList<MandateEvent> History { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();

    public MandateVerdict Verdict { get; private set; } = null!;

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAccounts;

    public string NameOf(Guid person) => Names.GetValueOrDefault(person, "*");

    /// <summary>Whether a record does not verify, by itself or as the audit has it.</summary>
    public bool IsBad(MandateEvent step) =>
        Verdict.Bad.Contains(step.Sequence) || (Verdict.Fault is { Kind: MandateChain.Edited or MandateChain.Unrecorded } fault && fault.Place == step.Sequence);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.Mandates.AsNoTracking().Include(m => m.Organisation).FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } found)
        {
            return NotFound();
        }

        Mandate = found;
        State = MandateFlow.At(found, view.Now);
        IsHeldUp = await view.IsHeldUpAsync(id, cancellationToken);
        Agent = MaskedPeople.Agent(view, found);
        History = await view.HistoryAsync(id, cancellationToken);
        Names = await MaskedPeople.NamesAsync(view, [.. History.Select(h => h.ActorId), found.GrantedById, found.AnsweredById], cancellationToken);
        Verdict = await check.OfAsync(id, History, cancellationToken);
        audit.Add(new AuditEntry("mandate.viewed", id.ToString(), Me.Id.ToString(), Me.Name, new { organisation = found.OrganisationId, fault = Verdict.Fault?.Kind }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }
}
