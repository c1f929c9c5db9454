using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.Mandates;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.Organisations;

/// <summary>One organisation with what freezes it, its evidence and grade, who may act for it, and what was proposed about it.</summary>
internal sealed class ShowOrganisationModel(IdentityContext database, AssurancePolicies policies, MandateView view, OrganisationFreezing freezing, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const int MostProposals = 20;

    [BindProperty(SupportsGet = true)]
    public string? At { get; set; }

    /// <summary>Which mandates are listed; null: all.</summary>
    [BindProperty(SupportsGet = true, Name = "mandates")]
    public MandateState? StateOfMandates { get; set; }

    /// <summary>The mandates before this one.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public Organisation Organisation { get; private set; } = null!;

    public MaskedAccount? Representative { get; private set; }

    public SubjectEvidence Evidence { get; private set; } = null!;

    public OfficialMandates Mandates { get; private set; } = null!;

    /// <summary>What freezes it.</summary>
    public IReadOnlyList<ShownFreeze> Freezes { get; private set; } = [];

    public Proposal? Waiting { get; private set; }

    public IReadOnlyList<Proposal> Proposals { get; private set; } = [];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAccounts;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is not { } found)
        {
            return NotFound();
        }

        Organisation = found;
        var representative = await database.Users.AsNoTracking().Include(a => a.Person).FirstOrDefaultAsync(a => a.Id == found.LegalRepresentativeId, cancellationToken);
        Representative = representative is null ? null : MaskedAccount.Of(representative);
        Evidence = await SubjectEvidence.LoadAsync(database, policies, SubjectKind.Organisation, id, At, time.GetUtcNow(), cancellationToken);
        Mandates = await OfficialMandates.OfOrganisationAsync(database, view, id, StateOfMandates, Before, cancellationToken);
        Freezes = await ShownFreeze.LoadAsync(database, await freezing.StandingAsync(id, cancellationToken), cancellationToken);
        Proposals = await database.Proposals.AsNoTracking().Where(p => p.SubjectId == id).OrderByDescending(p => p.Id).Take(MostProposals).ToListAsync(cancellationToken);
        Waiting = Proposals.FirstOrDefault(p => p is { State: ProposalState.Pending, IsAboutEvidence: false });
        audit.Add(new AuditEntry("organisation.viewed", id.ToString(), Me.Id.ToString(), Me.Name, new { at = Evidence.At }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }
}
