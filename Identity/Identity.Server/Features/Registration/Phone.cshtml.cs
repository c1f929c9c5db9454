using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 2: where the code goes.</summary>
internal sealed class PhoneModel(RegistrationDrafts drafts, PhoneCodes codes, Challenges challenges, ITexts texts) : PageModel
{
    public const string Purpose = "registration";

    [BindProperty]
    public string? Phone { get; set; }

    public IActionResult OnGet()
    {
        if (drafts.Read(HttpContext) is not { PopulationReceipt: not null } draft)
        {
            return LocalRedirect("/register");
        }

        Phone = draft.Phone is null ? null : MobileNumber.National(draft.Phone);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (drafts.Read(HttpContext) is not { PopulationReceipt: not null } draft)
        {
            return LocalRedirect("/register");
        }

        if (MobileNumber.Parse(Phone) is not { } number)
        {
            return Refuse(422, texts.Of("请填写 11 位手机号", "Please write a mobile number of 11 digits"));
        }

        if (await challenges.AskAsync(HttpContext, ChallengePurposes.Message, number, cancellationToken) is { } needed)
        {
            return Refuse(needed.Status, needed.Text);
        }

        challenges.Count(HttpContext, ChallengePurposes.Message, number);
        drafts.Write(HttpContext, draft with { Phone = number, PhoneProvenAt = null });
        // By all four particulars, whether or not they are right: whoever has only guessed uses up none of the codes of the number that he typed, and no other count tells him that he has.
        var account = $"registration:{draft.IdNumber}:{draft.Name}:{draft.Sex}:{draft.Ethnicity}";
        try
        {
            return await codes.SendAsync(draft.Id, number, account, Purpose, HttpContext.Connection.RemoteIpAddress, cancellationToken)
                ? LocalRedirect("/register/code")
                : Refuse(429, texts.Of("验证码发送过于频繁，请稍后再试", "Too many codes were asked for; please try again later"));
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem.Status, e.Problem.Text);
        }
    }

    private PageResult Refuse(int status, string text)
    {
        ModelState.AddModelError(nameof(Phone), text);
        Response.StatusCode = status;
        return Page();
    }
}
