using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>One proposal: its reasons, and for a second official the decision, which asks for a recent proof of who decides.</summary>
[KeepsForm(nameof(DecideProposalModel.Note))]
internal sealed class DecideProposalModel(IdentityContext database, Proposals proposals, FreezeDecisions freezes, KeptForms forms, TimeProvider time) : ConsolePage
{
    private static readonly Problem NoNote = new("console.proposal.note", 422, "请填写 2 至 500 字的复核意见。", "Give your reasons in 2 to 500 characters.");
    private static readonly Problem NoDecision = new("console.proposal.decision", 422, "请选择批准或驳回。", "Choose to approve or to refuse.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    [BindProperty]
    public string? Decision { get; set; }

    public Proposal Proposal { get; private set; } = null!;

    /// <summary>Null where it is about an organisation or an import.</summary>
    public MaskedAccount? Subject { get; private set; }

    /// <summary>Null where it is about an account or an import.</summary>
    public Organisation? Organisation { get; private set; }

    /// <summary>Null where it is about anything else.</summary>
    public Import? Import { get; private set; }

    /// <summary>Of an import, while it waits: how much would be taken back.</summary>
    public (long Accounts, long Records)? Concerned { get; private set; }

    /// <summary>What freezes the account, or the organisation, now, the strongest first.</summary>
    public IReadOnlyList<StandingFreeze> Standing { get; private set; } = [];

    /// <summary>The freeze that is, or was, to be lifted; null where none is.</summary>
    public StandingFreeze? Lifts { get; private set; }

    public string ProposedBy { get; private set; } = "";

    public string? DecidedBy { get; private set; }

    /// <summary>With which the official sets up a new factor; shown this once.</summary>
    public string? Ticket { get; private set; }

    /// <summary>Whether the form shows what was typed before a sign-in came between, or says that it is lost.</summary>
    public KeptForm Kept { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadProposals;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        Kept = forms.Restore(this, Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.Decide);
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (SignInAgain(time) is { } again)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return again;
        }

        if (Decision is not ("approve" or "refuse"))
        {
            return Refuse("", NoDecision);
        }

        if (Note?.Trim() is not { Length: >= 2 and <= 500 } note)
        {
            return Refuse(nameof(Note), NoNote);
        }

        if (LastingText.NamesSomebody(note))
        {
            return Refuse(nameof(Note), LastingText.Personal);
        }

        try
        {
            Ticket = await proposals.DecideAsync(Me, Id, Decision == "approve", note, cancellationToken);
            // A ticket is in the answer itself: behind a redirect it would have to be stored.
            return Ticket is not null && await ReadAsync(cancellationToken) ? Page() : LocalRedirect($"/console/proposals/{Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 403 or 409)
        {
            return Refuse("", e.Problem);
        }
    }

    public async Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        await proposals.WithdrawAsync(Me, Id, cancellationToken);
        return LocalRedirect($"/console/proposals/{Id}");
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await database.Proposals.AsNoTracking().FirstOrDefaultAsync(p => p.Id == Id, cancellationToken) is not { } found)
        {
            return false;
        }

        Guid[] keys = [found.SubjectId, found.ProposedBy, found.DecidedBy ?? found.ProposedBy];
        var accounts = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).Where(a => keys.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        Proposal = found;
        Standing = await freezes.StandingAsync(found.SubjectId, found.OrganisationId is not null, cancellationToken);
        Lifts = found.FreezeId is { } freeze ? await database.StandingFreezes.AsNoTracking().FirstOrDefaultAsync(f => f.Id == freeze, cancellationToken) : null;
        Organisation = found.OrganisationId is { } organisation ? await database.Organisations.AsNoTracking().FirstAsync(o => o.Id == organisation, cancellationToken) : null;
        Import = found.Kind == ProposalKind.ImportRecords ? await database.Imports.AsNoTracking().FirstAsync(i => i.Id == found.SubjectId, cancellationToken) : null;
        Concerned = Import is not null && found.State == ProposalState.Pending ? await WithdrawnImports.CountAsync(database, found.SubjectId, cancellationToken) : null;
        Subject = Organisation is null && Import is null ? MaskedAccount.Of(accounts[found.SubjectId]) : null;
        ProposedBy = accounts[found.ProposedBy].DisplayName;
        DecidedBy = found.DecidedBy is { } by ? accounts[by].DisplayName : null;
        return true;
    }
}
