using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Recovery without the account's phone: the number that takes its place.</summary>
internal sealed class RecoverPhoneModel(RecoveryDrafts drafts, PhoneCodes codes, Challenges challenges, ITexts texts) : PageModel
{
    [BindProperty]
    public string? Phone { get; set; }

    public IActionResult OnGet() => drafts.Read(HttpContext) is { PhoneLost: true } ? Page() : LocalRedirect("/recover");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (drafts.Read(HttpContext) is not { PhoneLost: true } draft)
        {
            return LocalRedirect("/recover");
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
        try
        {
            if (!await codes.SendAsync(draft.FormId, number, draft.Budget, RecoveryMessages.NewPurpose, HttpContext.Connection.RemoteIpAddress, cancellationToken))
            {
                return Refuse(429, texts.Of("验证码发送过于频繁，请稍后再试", "Too many codes were asked for; please try again later"));
            }
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem.Status, e.Problem.Text);
        }

        drafts.Write(HttpContext, draft with { NewPhone = number, PhoneProven = false });
        return LocalRedirect("/recover/code");
    }

    private PageResult Refuse(int status, string text)
    {
        ModelState.AddModelError(nameof(Phone), text);
        Response.StatusCode = status;
        return Page();
    }
}
