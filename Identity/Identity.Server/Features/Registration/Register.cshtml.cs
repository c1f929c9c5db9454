using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 1: ID number, name, sex, ethnicity.</summary>
internal sealed class RegisterModel(IdentityStep step, Challenges challenges, RegistrationDrafts drafts, ITexts texts, TimeProvider time, ILogger<RegisterModel> log) : PageModel
{
    private const int LongestName = 50;

    private static readonly Problem NotSaved = new(
        "storage.unavailable", 503, "数据暂时无法保存。您填写的内容没有丢失，请稍后再次提交。",
        "Data cannot be saved at the moment. Nothing you typed is lost; please submit it again in a while.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Sex { get; set; }

    [BindProperty]
    public string? Ethnicity { get; set; }

    /// <summary>The edition of the rules on personal information that the form showed.</summary>
    [BindProperty]
    public string? Edition { get; set; }

    /// <summary>What the button agrees to.</summary>
    public string InForce => EditionsInForce.At(time.GetUtcNow()).Privacy;

    public string PrivacyAddress => $"{LegalDocument.Privacy.Path}/{InForce}";

    public IEnumerable<KeyValuePair<string, string>> Sexes =>
        [new("", texts.Of("请选择", "Please choose")), new("1", texts.Of("男", "Male")), new("2", texts.Of("女", "Female"))];

    public IEnumerable<KeyValuePair<string, string>> Peoples =>
        Ethnicities.All.Select(e => new KeyValuePair<string, string>(e.Code, texts.Of(e.Chinese, $"{e.English} {e.Chinese}")));

    public void OnGet()
    {
        if (drafts.Read(HttpContext) is { } draft)
        {
            (IdNumber, Name, Sex, Ethnicity) = (draft.IdNumber, draft.Name, draft.Sex, draft.Ethnicity);
            ReturnUrl ??= draft.ReturnUrl;
        }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Validate() is not { } number)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        var edition = InForce;
        if (Edition != edition)
        {
            ModelState.AddModelError("", EditionsInForce.Newer.Text);
            return Refuse(EditionsInForce.Newer.Status);
        }

        if (await challenges.AskAsync(HttpContext, ChallengePurposes.Registration, number.Value, cancellationToken) is { } needed)
        {
            ModelState.AddModelError("", needed.Text);
            return Refuse(needed.Status);
        }

        challenges.Count(HttpContext, ChallengePurposes.Registration, number.Value);
        // Another number is another person, who has neither the key of the account nor the phone of the one before.
        var former = drafts.Read(HttpContext) is { } kept && kept.IdNumber == number.Value ? kept : null;
        var draft = new RegistrationDraft(
            former?.Id ?? Guid.CreateVersion7(time.GetUtcNow()), number.Value, Name!.Trim(), Sex!, Ethnicity!, LocalUrl.IsLocal(ReturnUrl) && ReturnUrl!.Length <= 2000 ? ReturnUrl : null)
        {
            Phone = former?.Phone,
        };
        drafts.Write(HttpContext, draft);
        try
        {
            drafts.Write(HttpContext, await step.CheckAsync(draft, edition, HttpContext.Connection.RemoteIpAddress, cancellationToken));
        }
        catch (ProblemException e)
        {
            challenges.ShowNext(HttpContext, ChallengePurposes.Registration, number.Value);
            ModelState.AddModelError(e.Problem == PopulationRegister.Unavailable ? "" : nameof(IdNumber), e.Problem.Text);
            return Refuse(e.Problem.Status);
        }
        catch (DbUpdateException e)
        {
            // Answered here and not by the common handler, which would drop the cookie with what was typed.
            log.LogError(e, "A check of a person could not be recorded");
            ModelState.AddModelError("", NotSaved.Text);
            return Refuse(NotSaved.Status);
        }

        return LocalRedirect("/register/phone");
    }

    private IdentityNumber? Validate()
    {
        if (!IdentityNumber.TryParse(IdNumber, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var number))
        {
            ModelState.AddModelError(nameof(IdNumber), texts.Of("身份证号不正确，请核对 18 位号码", "This is not a valid ID number; please check all 18 characters"));
        }

        if (Name?.Trim() is not { Length: > 0 and <= LongestName } name || name.Any(char.IsControl))
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

        return ModelState.IsValid ? number : null;
    }

    private PageResult Refuse(int status)
    {
        Response.StatusCode = status;
        return Page();
    }
}
