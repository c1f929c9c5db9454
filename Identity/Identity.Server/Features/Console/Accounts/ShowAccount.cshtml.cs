using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Mandates;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>One account, masked, with what freezes it, its evidence, its grade now or at a past moment, for whom it may act, and what was proposed about it. Opening it is noted.</summary>
internal sealed class ShowAccountModel(IdentityContext database, AssurancePolicies policies, AccountFreezing freezing, MandateView view, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const int MostProposals = 20;

    /// <summary>A past moment, local time (Asia/Shanghai) as the browser's field gives it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? At { get; set; }

    /// <summary>Which mandates are listed; null: all.</summary>
    [BindProperty(SupportsGet = true, Name = "mandates")]
    public MandateState? StateOfMandates { get; set; }

    /// <summary>The mandates before this one.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public MaskedAccount Account { get; private set; } = null!;

    /// <summary>Null for an official.</summary>
    public SubjectEvidence? Evidence { get; private set; }

    /// <summary>Those that the person accepted; null for an official.</summary>
    public OfficialMandates? Mandates { get; private set; }

    /// <summary>What freezes it, the strongest first.</summary>
    public IReadOnlyList<ShownFreeze> Freezes { get; private set; } = [];

    public Proposal? Waiting { get; private set; }

    public IReadOnlyList<Proposal> Proposals { get; private set; } = [];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAccounts;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (account is null)
        {
            return NotFound();
        }

        Account = MaskedAccount.Of(account);
        if (account.Kind == AccountKind.Person)
        {
            Evidence = await SubjectEvidence.LoadAsync(database, policies, SubjectKind.Person, id, At, time.GetUtcNow(), cancellationToken);
            Mandates = await OfficialMandates.OfAgentAsync(database, view, id, StateOfMandates, Before, cancellationToken);
        }

        Freezes = await ShownFreeze.LoadAsync(database, await freezing.StandingAsync(id, cancellationToken), cancellationToken);
        Proposals = await database.Proposals.AsNoTracking().Where(p => p.SubjectId == id).OrderByDescending(p => p.Id).Take(MostProposals).ToListAsync(cancellationToken);
        Waiting = Proposals.FirstOrDefault(p => p is { State: ProposalState.Pending, IsAboutEvidence: false });
        audit.Add(new AuditEntry("account.viewed", id.ToString(), Me.Id.ToString(), Me.Name, new { at = Evidence?.At }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }
}
