using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Counter;

/// <summary>One act at a window. Number and name are typed from the paper, so that they are compared with the account and not copied from it; hall and level are the post's.</summary>
[KeepsForm(nameof(CounterActModel.IdNumber), nameof(CounterActModel.Name), nameof(CounterActModel.Uscc), nameof(CounterActModel.Window))]
internal sealed class CounterActModel(CounterDesk desk, KeptForms forms, ITexts texts, TimeProvider time) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public string Act { get; set; } = "";

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Uscc { get; set; }

    [BindProperty]
    public string? Window { get; set; }

    [BindProperty]
    public bool DocumentChecked { get; set; }

    public CounterReceipt? Receipt { get; private set; }

    /// <summary>Whether the form shows what was typed before a sign-in came between, or says that it is lost.</summary>
    public KeptForm Kept { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.WorkAtCounter;

    public IActionResult OnGet()
    {
        if (!CounterActs.All.Contains(Act, StringComparer.Ordinal))
        {
            return NotFound();
        }

        if (ProveAgain() is { } proof)
        {
            return proof;
        }

        Kept = forms.Restore(this, Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!CounterActs.All.Contains(Act, StringComparer.Ordinal))
        {
            return NotFound();
        }

        if (ProveAgain() is { } proof)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return proof;
        }

        if (Me.Post is not { } post)
        {
            return Refuse("", CounterProblemsOfPages.NoPost);
        }

        Check();
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        try
        {
            var visit = CounterVisit.Read(Me.Session, IdNumber, Name, post.Hall, post.Level, Window, DocumentChecked, time.GetUtcNow());
            Receipt = await DoAsync(visit, cancellationToken);
            return Page();
        }
        catch (ProblemException e)
        {
            return Refuse(FieldOf(e.Problem), e.Problem);
        }
    }

    /// <summary>What gives an account into somebody's hands asks for a proof of the last minutes: an unattended screen must not.</summary>
    private IActionResult? ProveAgain() => CounterActs.Guarded.Contains(Act, StringComparer.Ordinal) ? SignInAgain(time) : null;

    private async Task<CounterReceipt> DoAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        switch (Act)
        {
            case CounterActs.Verify:
                var (seen, level) = await desk.VerifyAsync(visit, cancellationToken);
                return ReceiptOf(visit, seen, (texts.Of("认证等级", "Assurance level"), LevelWords.Of(texts, level)));
            case CounterActs.Organisation:
                var (evidence, reached) = await desk.VerifyOrganisationAsync(visit, Uscc!.Trim().ToUpperInvariant(), cancellationToken);
                return ReceiptOf(visit, evidence, (texts.Of("统一社会信用代码", "Credit code"), Uscc.Trim().ToUpperInvariant()), (texts.Of("认证等级", "Assurance level"), LevelWords.Of(texts, reached)));
            case CounterActs.NameChange:
                return ReceiptOf(visit, await desk.ChangeNameAsync(visit, cancellationToken));
            case CounterActs.Unfreeze:
                var free = await desk.UnfreezeAsync(visit, cancellationToken);
                return free ? ReceiptOf(visit, evidence: null) : ReceiptOf(visit, evidence: null) with { What = CounterActs.StillFrozen(texts) };
            default:
                var (ticket, until) = await desk.GiveTicketAsync(visit, cancellationToken);
                return ReceiptOf(visit, evidence: null, (texts.Of("凭条有效至", "Ticket valid until"), texts.Time(until)), (texts.Of("使用地址", "Where to use it"), "/recover/ticket")) with
                {
                    Secret = ticket,
                    SecretHint = texts.Of("找回凭条", "Recovery ticket"),
                };
        }
    }

    private CounterReceipt ReceiptOf(CounterVisit visit, Evidence? evidence, params (string, string)[] lines) => new(
        CounterActs.Done(texts, Act), $"{MaskedAccount.MaskName(visit.Name)} {Masking.IdNumber(visit.IdNumber)}", time.GetUtcNow(), visit.Hall, visit.Window, visit.OfficialName,
        evidence is null ? lines : [.. lines, (texts.Of("证据编号", "Evidence"), evidence.Id.ToString())]);

    private void Check()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        Demand(nameof(Uscc), Act != CounterActs.Organisation || UnifiedSocialCreditCode.TryParse(Uscc, out _), CounterProblemsOfPages.BadUscc);
        Demand(nameof(IdNumber), IdentityNumber.TryParse(IdNumber, today, out _), CounterProblemsOfPages.BadIdNumber);
        Demand(nameof(Name), Name?.Trim() is { Length: > 0 and <= 50 }, CounterProblemsOfPages.NoName);
        Demand(nameof(Window), Window?.Trim() is { Length: > 0 and <= 50 }, CounterProblemsOfPages.NoWindow);
        Demand(nameof(DocumentChecked), DocumentChecked, CounterProblemsOfPages.NotChecked);
    }

    private void Demand(string field, bool met, Problem problem)
    {
        if (!met)
        {
            ModelState.AddModelError(field, problem.Text);
        }
    }

    private static string FieldOf(Problem problem) =>
        problem == CounterProblems.NotRegistered ? nameof(IdNumber) : problem == CounterProblems.OrganisationUnknown ? nameof(Uscc)
        : problem == CounterProblems.NameDiffers || problem == CounterProblems.NameUnchanged || problem == CounterProblems.Disagrees ? nameof(Name)
        : problem == LastingText.Personal ? nameof(Window) : "";
}
