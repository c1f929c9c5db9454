using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.Counter;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Disputes;

/// <summary>Opens a dispute for somebody at the window. It freezes an account, so a proof of this time is asked of the official.</summary>
[KeepsForm(
    nameof(OpenDisputeModel.Slip), nameof(OpenDisputeModel.Kind), nameof(OpenDisputeModel.IdNumber), nameof(OpenDisputeModel.Name), nameof(OpenDisputeModel.Sex), nameof(OpenDisputeModel.Ethnicity),
    nameof(OpenDisputeModel.DocumentKind), nameof(OpenDisputeModel.DocumentNumber), nameof(OpenDisputeModel.Finding), nameof(OpenDisputeModel.Window))]
internal sealed class OpenDisputeModel(DisputeOpening opening, KeptForms forms, IOptions<AddressSettings> addresses, ITexts texts, TimeProvider time) : ConsolePage
{
    [BindProperty]
    public string? Slip { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Sex { get; set; }

    [BindProperty]
    public string? Ethnicity { get; set; } = "01";

    [BindProperty]
    public string? DocumentKind { get; set; }

    [BindProperty]
    public string? DocumentNumber { get; set; }

    [BindProperty]
    public string? Finding { get; set; }

    [BindProperty]
    public string? Window { get; set; }

    [BindProperty]
    public bool DocumentChecked { get; set; }

    [BindProperty]
    public bool NoInterest { get; set; }

    public CounterReceipt? Receipt { get; private set; }

    public Guid Opened { get; private set; }

    /// <summary>Whether the form shows what was typed before a sign-in came between, or says that it is lost.</summary>
    public KeptForm Kept { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.WorkAtCounter;

    public Dictionary<string, string> Kinds(ITexts t) => Choices(t, Enum.GetValues<DisputeKind>().Select(k => KeyValuePair.Create(k.ToString(), DisputeWords.Kind(t, k))));

    public Dictionary<string, string> Documents(ITexts t) => Choices(t, DocumentKinds.All.Select(k => KeyValuePair.Create(k, DisputeWords.Document(t, k))));

    public Dictionary<string, string> Sexes(ITexts t) => Choices(t, [KeyValuePair.Create("1", t.Of("男", "Male")), KeyValuePair.Create("2", t.Of("女", "Female"))]);

    public Dictionary<string, string> Peoples(ITexts t) => Ethnicities.All.ToDictionary(e => e.Code, e => t.Of(e.Chinese, e.English), StringComparer.Ordinal);

    public IActionResult OnGet()
    {
        if (SignInAgain(time) is { } again)
        {
            return again;
        }

        Kept = forms.Restore(this, Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Me.Post is not { } post)
        {
            return Refuse("", CounterProblemsOfPages.NoPost);
        }

        if (SignInAgain(time) is { } again)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return again;
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
            var claim = new DisputeClaim(
                visit.IdNumber, visit.Name, Sex!, Ethnicity!, Enum.Parse<DisputeKind>(Kind!), DocumentKind!, DocumentNumber!.Trim().ToUpperInvariant(), Finding!.Trim(), post.Hall, post.Level, visit.Window,
                DisputeNumbers.Normalise(Slip));
            var (dispute, code) = await opening.OpenAsync(Me, claim, cancellationToken);
            (Opened, Receipt) = (dispute.Id, ReceiptOf(visit, dispute, code));
            return Page();
        }
        catch (ProblemException e)
        {
            return Refuse(FieldOf(e.Problem), e.Problem);
        }
    }

    private CounterReceipt ReceiptOf(CounterVisit visit, Dispute dispute, string code) => new(
        texts.Of("身份争议已受理，账号已冻结", "The dispute is open and the account frozen"), $"{MaskedAccount.MaskName(visit.Name)} {Masking.IdNumber(visit.IdNumber)}", dispute.OpenedAt!.Value, visit.Hall, visit.Window, visit.OfficialName,
        [
            (texts.Of("争议编号", "Dispute number"), dispute.Number),
            (texts.Of("持有人答复截止", "The holder may answer until"), texts.Time(dispute.AnswerDue!.Value)),
            (texts.Of("查询进度", "To look it up"), addresses.Value.Issuer + "/disputes"),
        ],
        code, texts.Of("查询码（决定交还后凭它启用账号）", "Code (after a decision in your favour it opens the account)"));

    private void Check()
    {
        var now = time.GetUtcNow();
        var number = IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var parsed) ? parsed.Value : null;
        Met(nameof(Slip), string.IsNullOrWhiteSpace(Slip) || DisputeNumbers.Normalise(Slip) is not null, DisputeProblems.SlipDiffers);
        Met(nameof(Kind), Enum.TryParse<DisputeKind>(Kind, out var kind) && Enum.IsDefined(kind) && kind.ToString() == Kind, CounterProblemsOfPages.NoChoice);
        Met(nameof(IdNumber), number is not null, CounterProblemsOfPages.BadIdNumber);
        Met(nameof(Name), Name?.Trim() is { Length: > 0 and <= 50 }, CounterProblemsOfPages.NoName);
        Met(nameof(Sex), Sex is "1" or "2", CounterProblemsOfPages.NoChoice);
        Met(nameof(Ethnicity), Ethnicities.Knows(Ethnicity), CounterProblemsOfPages.NoChoice);
        Met(nameof(DocumentKind), DocumentKinds.All.Contains(DocumentKind ?? "", StringComparer.Ordinal), CounterProblemsOfPages.NoChoice);
        Met(nameof(DocumentNumber), DocumentFits(number), CounterProblemsOfPages.BadDocument);
        Met(nameof(Finding), Finding?.Trim().Length is >= 5 and <= 500, CounterProblemsOfPages.NoFinding);
        Met(nameof(Window), Window?.Trim() is { Length: > 0 and <= 50 }, CounterProblemsOfPages.NoWindow);
        Met(nameof(DocumentChecked), DocumentChecked, CounterProblemsOfPages.NotChecked);
        Met(nameof(NoInterest), NoInterest, CounterProblemsOfPages.NoInterest);
    }

    private bool DocumentFits(string? idNumber) => DocumentNumber?.Trim().ToUpperInvariant() is { Length: >= 5 and <= 40 } typed && typed.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && (DocumentKind != DocumentKinds.IdCard || typed == idNumber);

    private void Met(string field, bool met, Problem problem)
    {
        if (!met)
        {
            ModelState.AddModelError(field, problem.Text);
        }
    }

    private static string FieldOf(Problem problem) =>
        problem == DisputeProblems.NotRegistered ? nameof(IdNumber) : problem == DisputeProblems.SlipDiffers ? nameof(Slip) : problem == DisputeProblems.Disagrees ? nameof(Name)
        : problem == LastingText.Personal ? nameof(Window) : "";

    private static Dictionary<string, string> Choices(ITexts texts, IEnumerable<KeyValuePair<string, string>> choices) =>
        new(choices.Prepend(KeyValuePair.Create("", texts.Of("请选择", "Choose one"))), StringComparer.Ordinal);
}
