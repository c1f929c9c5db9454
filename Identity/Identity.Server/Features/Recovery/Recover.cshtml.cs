using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Recovery, step 1: who it is, and what is lost. The answer is the same for an ID number with and without an account.</summary>
internal sealed class RecoverModel(
    IdentityContext database, PersonalData personal, PopulationRegister population, AttemptBudget budget, RecoveryDrafts drafts, IAuditTrail audit, ITexts texts, TimeProvider time) : PageModel
{
    private const int PerAddressAndHour = 200;
    private const int PerNumberAndHour = 10;

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Sex { get; set; }

    [BindProperty]
    public string? Ethnicity { get; set; }

    /// <summary><c>password</c> or <c>phone</c>.</summary>
    [BindProperty]
    public string? Lost { get; set; }

    public IEnumerable<KeyValuePair<string, string>> Sexes =>
        [new("", texts.Of("请选择", "Please choose")), new("1", texts.Of("男", "Male")), new("2", texts.Of("女", "Female"))];

    public IEnumerable<KeyValuePair<string, string>> Peoples =>
        Ethnicities.All.Select(e => new KeyValuePair<string, string>(e.Code, texts.Of(e.Chinese, $"{e.English} {e.Chinese}")));

    public IEnumerable<KeyValuePair<string, string>> Losses =>
    [
        new("password", texts.Of("忘记密码，绑定的手机还在", "The password; my phone is at hand")),
        new("phone", texts.Of("绑定的手机号不能用了，有恢复码", "The phone number; I have a recovery code")),
    ];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Validate() is not { } number)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            await CheckAsync(number.Value, cancellationToken);
        }
        catch (ProblemException e)
        {
            ModelState.AddModelError(e.Problem == PopulationRegister.Unavailable ? "" : nameof(IdNumber), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }

        return LocalRedirect(Lost == "phone" ? "/recover/phone" : "/recover/code");
    }

    private async Task CheckAsync(string number, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, number);
        if (!budget.TryTake("recover-address:" + HttpContext.Connection.RemoteIpAddress, PerAddressAndHour) || !budget.TryTake("recover-number:" + personal.PassingIndex(Purposes.IdNumber, number), PerNumberAndHour))
        {
            throw IdentityStep.TooMany.Exception();
        }

        var answer = await population.CheckAsync(number, Name!.Trim(), Sex!, Ethnicity!, cancellationToken);
        var account = await database.Persons.Where(p => indexes.Contains(p.IdNumberIndex) && database.Users.Any(a => a.Id == p.Id && a.ClosedAt == null && (a.FrozenAt == null || a.FrozenReason == FreezeReasons.OwnWish))).Select(p => (Guid?)p.Id)
            .FirstOrDefaultAsync(cancellationToken) ?? RecoveryDraft.NobodyFor(personal, number);
        audit.Add(new AuditEntry("recovery.check", account.ToString(), ActorId: null, Details: new { answer.Receipt, Lost }, Result: answer.Agrees ? "ok" : IdentityStep.Mismatch.Code));
        var draft = new RecoveryDraft(Guid.CreateVersion7(time.GetUtcNow()), account, number, Name.Trim(), answer.Receipt, TicketId: null, NewPhone: null, Lost == "phone", PhoneProven: false);
        if (answer.Agrees && Lost == "password")
        {
            // For nobody too: the handler finds no phone then.
            database.Add(RecoveryMessages.Create(draft.FormId, account, HttpContext.Connection.RemoteIpAddress, time.GetUtcNow()));
        }

        await database.SaveChangesAsync(cancellationToken);
        if (!answer.Agrees)
        {
            throw IdentityStep.Mismatch.Exception();
        }

        drafts.Write(HttpContext, draft);
    }

    private IdentityNumber? Validate()
    {
        if (!IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("身份证号不正确，请核对 18 位号码", "This is not a valid ID number; please check all 18 characters"));
        }

        if (Name?.Trim() is not { Length: > 0 and <= 50 } name || name.Any(char.IsControl))
        {
            ModelState.AddModelError(nameof(Name), texts.Of("请填写姓名", "Please write your name"));
        }

        if (Sex is not ("1" or "2"))
        {
            ModelState.AddModelError(nameof(Sex), texts.Of("请选择性别", "Please choose"));
        }

        if (!Ethnicities.Knows(Ethnicity))
        {
            ModelState.AddModelError(nameof(Ethnicity), texts.Of("请选择民族", "Please choose"));
        }

        if (Lost is not ("password" or "phone"))
        {
            ModelState.AddModelError(nameof(Lost), texts.Of("请选择遗失了什么", "Please choose what is lost"));
        }

        return ModelState.IsValid ? number : null;
    }

    private PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
