using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.Counter;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Disputes;

/// <summary>One dispute: what was shown and answered, an answer given at a counter, and for a second official the decision, which asks for a recent proof of who decides.</summary>
[KeepsForm(nameof(ShowDisputeModel.Reasons), nameof(ShowDisputeModel.Answer), nameof(ShowDisputeModel.Text), nameof(ShowDisputeModel.Code))]
internal sealed class ShowDisputeModel(
    IdentityContext database, PersonalData personal, DisputeAnswers answers, DisputeDecisions decisions, KeptForms forms, IAuditTrail audit, ITexts texts, TimeProvider time) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Decision { get; set; }

    [BindProperty]
    public string? Reasons { get; set; }

    [BindProperty]
    public bool NoInterest { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    /// <summary>The code on the holder's phone.</summary>
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public bool DocumentChecked { get; set; }

    public Dispute Dispute { get; private set; } = null!;

    public MaskedAccount Account { get; private set; } = null!;

    /// <summary>Null for those who only read.</summary>
    public ClaimReceipt? Claim { get; private set; }

    public string? Said { get; private set; }

    public string OpenedBy { get; private set; } = "";

    public string? DecidedBy { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public CounterReceipt? Receipt { get; private set; }

    /// <summary>Whether the forms show what was typed before a sign-in came between, or say that it is lost.</summary>
    public KeptForm Kept { get; private set; }

    public bool MayDecide => Dispute.State == DisputeState.Open && Me.Holds(ConsoleRights.DecideDisputes) && Dispute.OpenedBy != Me.Id;

    public bool MayAnswer => Dispute is { State: DisputeState.Open, AnsweredAt: null } && Dispute.AnswerDue > Now && Dispute.OpenedBy != Me.Id && Me.Holds(ConsoleRights.WorkAtCounter);

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadDisputes;

    public string MaskedDocument => Claim!.DocumentNumber.Length == 18 ? Masking.IdNumber(Claim.DocumentNumber) : new string('*', Claim.DocumentNumber.Length - 3) + Claim.DocumentNumber[^3..];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        audit.Add(new AuditEntry("dispute.viewed", Dispute.AccountId.ToString(), Me.Id.ToString(), Me.Name, new { Dispute.Number }));
        await database.SaveChangesAsync(cancellationToken);
        Kept = forms.Restore(this, Me.Id);
        // What is chosen and not typed is shown by the page and not by a field.
        Answer = ModelState[nameof(Answer)]?.AttemptedValue;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.DecideDisputes);
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (SignInAgain(time) is { } again)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return again;
        }

        if (LastingText.Fault(Reasons, 5, 500, CounterProblemsOfPages.NoReasons) is { } fault)
        {
            Met(nameof(Reasons), met: false, fault);
        }

        Met(nameof(NoInterest), NoInterest, CounterProblemsOfPages.NoInterest);
        Met("", Decision is "grant" or "reject", CounterProblemsOfPages.NoChoice);
        return await DoAsync(() => decisions.DecideAsync(Me, Id, Decision == "grant", Reasons!.Trim(), cancellationToken),
            Decision == "grant" ? texts.Of("已决定交还主张人", "Decided: given to the claimant") : texts.Of("已决定驳回", "Decided: rejected"), cancellationToken);
    }

    public async Task<IActionResult> OnPostAnswerAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.WorkAtCounter);
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (SignInAgain(time) is { } again)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return again;
        }

        Met("contradict", Answer is "contradict" or "agree", CounterProblemsOfPages.NoChoice);
        Met(nameof(Text), Text?.Trim().Length is >= 5 and <= DisputeAnswers.Longest, CounterProblemsOfPages.NoAnswer);
        Met(nameof(DocumentChecked), DocumentChecked, CounterProblemsOfPages.NotChecked);
        return await DoAsync(() => answers.AnswerAsync(Id, Answer == "contradict", Text!.Trim(), Code, Me.Id, Me.Name, cancellationToken), texts.Of("持有人的答复已记录", "The holder's answer is recorded"), cancellationToken);
    }

    private async Task<IActionResult> DoAsync(Func<Task> act, string what, CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        try
        {
            await act();
        }
        catch (ProblemException e)
        {
            await ReadAsync(cancellationToken);
            return Refuse("", e.Problem);
        }

        await ReadAsync(cancellationToken);
        Receipt = new CounterReceipt(
            what, $"{Account.Name} {Account.IdNumber}", Now, Me.Post?.Hall ?? Me.Department, "-", Me.Name, [(texts.Of("争议编号", "Dispute number"), Dispute.Number), (texts.Of("状态", "State"), DisputeWords.State(texts, Dispute.State))]);
        return Page();
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Id == Id && d.State != DisputeState.Asked, cancellationToken) is not { } found)
        {
            return false;
        }

        Guid[] keys = [found.AccountId!.Value, found.OpenedBy!.Value, found.DecidedBy ?? found.OpenedBy.Value];
        var accounts = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).Where(a => keys.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        (Dispute, Account, OpenedBy) = (found, MaskedAccount.Of(accounts[found.AccountId.Value]), accounts[found.OpenedBy.Value].DisplayName);
        DecidedBy = found.DecidedBy is { } by ? accounts[by].DisplayName : null;
        if (Me.Holds(ConsoleRights.DecideDisputes))
        {
            var claim = await database.Evidence.AsNoTracking().FirstAsync(e => e.Id == found.ClaimEvidenceId, cancellationToken);
            // Gone when the account was closed and its data erased.
            Claim = claim.ReceiptCipher is null ? null : ClaimReceipt.Read(claim, personal);
            Said = found.AnswerEvidenceId is { } answer ? EvidenceReceipt.Read(await database.Evidence.AsNoTracking().FirstAsync(e => e.Id == answer, cancellationToken), personal) : null;
        }

        return true;
    }

    private void Met(string field, bool met, Problem problem)
    {
        if (!met)
        {
            ModelState.AddModelError(field, problem.Text);
        }
    }
}
