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

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Field { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    public string? Shown { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.Unmask;

    public Dictionary<string, string> FieldChoices(ITexts texts) => Unmaskings.Fields.ToDictionary(f => f, f => FieldWord(texts, f), StringComparer.Ordinal);

    public Dictionary<string, string> ReasonChoices(ITexts texts) => UnmaskReasons.All.Prepend("").ToDictionary(r => r, r => r.Length == 0 ? texts.Of("请选择", "Choose one") : UnmaskReasons.Of(texts, r), StringComparer.Ordinal);

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
            Shown = await unmaskings.ShowAsync(Me, Id, Field!, Reason!, Explanation!.Trim(), cancellationToken);
            return Page();
        }
        catch (ProblemException e) when (e.Problem.Status is 429 or 404)
        {
            return Refuse("", e.Problem);
        }
    }

    private void Check(string field, bool met, Problem problem)
    {
        if (!met)
        {
            ModelState.AddModelError(field, problem.Text);
        }
    }
}
