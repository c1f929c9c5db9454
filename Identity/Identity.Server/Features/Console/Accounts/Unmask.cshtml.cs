using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>Asks for a reason and shows one value in the answer to that very form; nothing of it can be fetched again.</summary>
internal sealed class UnmaskModel(Unmaskings unmaskings, IdentityContext database, TimeProvider time) : ConsolePage
{
    private static readonly Problem NoField = new("console.unmask.field", 422, "请选择要查看的信息。", "Choose which value.");
    private static readonly Problem NoReason = new("console.unmask.reason", 422, "请选择理由。", "Choose a reason.");
    private static readonly Problem NoExplanation = new("console.unmask.explanation", 422, "请填写 5 至 200 字的说明。", "Say why in 5 to 200 characters.");
    private static readonly Problem NoReference = new(
        "console.unmask.reference", 422, "依法查询须填写法律文书或案件的编号，4 至 60 字。", "A lawful inquiry names the number of the order or case, in 4 to 60 characters.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Field { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    /// <summary>Number of a court's or the police's order, or of the case; for a lawful inquiry alone.</summary>
    [BindProperty]
    public string? Reference { get; set; }

    public string? Shown { get; private set; }

    /// <summary>May look without the owner being told.</summary>
    public bool MayInquire => Me.Holds(ConsoleRights.UnmaskForInquiry);

    protected override IReadOnlyList<string> Readers => ConsoleRights.Unmask;

    public Dictionary<string, string> FieldChoices(ITexts texts) => Unmaskings.Fields.ToDictionary(f => f, f => FieldWord(texts, f), StringComparer.Ordinal);

    public Dictionary<string, string> ReasonChoices(ITexts texts) => UnmaskReasons.All.Where(r => r != UnmaskReasons.LegalRequest || MayInquire).Prepend("")
        .ToDictionary(r => r, r => r.Length == 0 ? texts.Of("请选择", "Choose one") : UnmaskReasons.Of(texts, r), StringComparer.Ordinal);

    public string FieldWord(ITexts texts, string field) => field switch
    {
        "name" => texts.Of("姓名", "Name"),
        "idNumber" => texts.Of("身份证号", "ID number"),
        _ => texts.Of("手机号", "Phone number"),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) =>
        await database.Persons.AnyAsync(p => p.Id == Id, cancellationToken) ? SignInAgain(time) ?? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await database.Persons.AnyAsync(p => p.Id == Id, cancellationToken))
        {
            return NotFound();
        }

        if (SignInAgain(time) is { } again)
        {
            return again;
        }

        var inquiry = Reason == UnmaskReasons.LegalRequest;
        if (inquiry)
        {
            Demand(ConsoleRights.UnmaskForInquiry);
            if (ReferenceFault() is { } unnamed)
            {
                Check(nameof(Reference), met: false, unnamed);
            }
        }

        Check(nameof(Field), Unmaskings.Fields.Contains(Field ?? "", StringComparer.Ordinal), NoField);
        Check(nameof(Reason), UnmaskReasons.All.Contains(Reason ?? "", StringComparer.Ordinal), NoReason);
        if (LastingText.Fault(Explanation, 5, 200, NoExplanation) is { } fault)
        {
            Check(nameof(Explanation), met: false, fault);
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        try
        {
            Shown = await unmaskings.ShowAsync(Me, Id, Field!, Reason!, Explanation!.Trim(), inquiry ? Reference!.Trim() : null, cancellationToken);
            return Page();
        }
        catch (ProblemException e) when (e.Problem.Status is 429 or 404)
        {
            return Refuse("", e.Problem);
        }
    }

    /// <summary>A number has a digit: that it was a court's order is not enough.</summary>
    private Problem? ReferenceFault() => Reference?.Any(char.IsDigit) == true ? LastingText.Fault(Reference, 4, 60, NoReference) : NoReference;

    private void Check(string field, bool met, Problem problem)
    {
        if (!met)
        {
            ModelState.AddModelError(field, problem.Text);
        }
    }
}
