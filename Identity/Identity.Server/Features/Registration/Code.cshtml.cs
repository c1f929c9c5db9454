using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 2, second half: the code that proves the phone. Only then is it said whether the phone belongs to an account: its holder may know.</summary>
internal sealed class CodeModel(RegistrationDrafts drafts, PhoneCodes codes, IdentityContext database, PhoneMoves moves, PhoneOwnerStep owners, ITexts texts, TimeProvider time) : PageModel
{
    [BindProperty]
    public string? Code { get; set; }

    public string Phone { get; private set; } = "";

    public IActionResult OnGet() => Draft() is null ? LocalRedirect("/register/phone") : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Draft() is not { } draft)
        {
            return LocalRedirect("/register/phone");
        }

        var code = TypedText.Normalise((Code ?? "").Trim());
        if (code.Length != 6 || !code.All(char.IsAsciiDigit))
        {
            return Refuse(texts.Of("请填写 6 位数字验证码", "Please write the six digits"));
        }

        switch (await codes.VerifyAsync(draft.Id, draft.Phone!, PhoneModel.Purpose, code, cancellationToken))
        {
            case PhoneCodeOutcome.Wrong:
                return Refuse(texts.Of("验证码不正确", "The code is not right"));
            case PhoneCodeOutcome.Dead:
                return Refuse(texts.Of("验证码已失效，请重新发送", "The code is no longer valid; please have a new one sent"));
            default:
                break;
        }

        string? owner;
        try
        {
            owner = await owners.CheckAsync(draft, cancellationToken);
        }
        catch (ProblemException e)
        {
            if (draft.Untold)
            {
                // From here the way leads back to the first step, which what was typed fills.
                drafts.Write(HttpContext, draft with { PopulationReceipt = null, PopulationAnswer = null, PopulationCheckedAt = null, Untold = false });
            }

            return Refuse(e.Problem.Text, e.Problem.Status);
        }

        // A number that the carrier gave to somebody else leaves the account that no longer uses it.
        if (!await moves.FreeAsync(draft.Phone!, draft.Id, cancellationToken))
        {
            return Refuse(texts.Of("此手机号已绑定另一账号，请返回更换号码，或直接登录", "This phone belongs to another account; please go back and give another number, or sign in"));
        }

        await database.SaveChangesAsync(cancellationToken);
        drafts.Write(HttpContext, draft with { PhoneProvenAt = time.GetUtcNow(), PhoneOwnerAnswer = owner });
        return LocalRedirect("/register/check");
    }

    private RegistrationDraft? Draft()
    {
        if (drafts.Read(HttpContext) is not { PopulationReceipt: not null, Phone: not null } draft)
        {
            return null;
        }

        Phone = Masking.Phone(MobileNumber.National(draft.Phone));
        return draft;
    }

    private PageResult Refuse(string text, int status = StatusCodes.Status422UnprocessableEntity)
    {
        ModelState.AddModelError(nameof(Code), text);
        ModelState.SetModelValue(nameof(Code), null, null);
        Response.StatusCode = status;
        return Page();
    }
}
