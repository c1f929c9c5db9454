using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Recovery, step 2: the code. One answer for a wrong code, a dead one, and a person without an account or a phone.</summary>
internal sealed class RecoverCodeModel(IdentityContext database, PersonalData personal, PhoneCodes codes, AttemptBrake brake, RecoveryDrafts drafts) : PageModel
{
    internal static readonly Problem Wrong = new("identity.recovery.refused", 422, "验证码不正确或已失效。", "The code is not right or no longer valid.");
    internal static readonly Problem MustWait = new("identity.recovery.mustWait", 422, "错误次数过多，请稍后再试。", "Too many wrong codes. Please try again later.");

    /// <summary>No number of anybody: what a person without an account is compared with.</summary>
    private const string NoNumber = "+8610000000000";

    [BindProperty]
    public string? Code { get; set; }

    public string? NewPhone { get; private set; }

    public IActionResult OnGet() => Draft() is null ? LocalRedirect("/recover") : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Draft() is not { } draft)
        {
            return LocalRedirect("/recover");
        }

        var cipher = await database.Persons.Where(p => p.Id == draft.AccountId && !p.PhoneIndex.StartsWith(Person.NoPhone)).Select(p => p.PhoneCipher).FirstOrDefaultAsync(cancellationToken);
        if (cipher is null)
        {
            personal.AskInVain(draft.AccountId);
        }

        var phone = draft.NewPhone ?? (cipher is null ? NoNumber : personal.Unprotect(Purposes.Phone, cipher));
        var code = (Code ?? "").Trim().Normalize(System.Text.NormalizationForm.FormKC);
        var outcome = await brake.TryAsync(
            personal.Index(Purposes.SignInName, "recovery:" + draft.AccountId), HttpContext.Connection.RemoteIpAddress,
            async () => await codes.VerifyAsync(draft.FormId, phone, RecoveryMessages.Purpose, code.Length == 6 ? code : "", cancellationToken) == PhoneCodeOutcome.Accepted, cancellationToken);
        if (outcome != SignInOutcome.Accepted)
        {
            var problem = outcome == SignInOutcome.MustWait ? MustWait : Wrong;
            ModelState.AddModelError(nameof(Code), problem.Text);
            ModelState.SetModelValue(nameof(Code), null, null);
            Response.StatusCode = problem.Status;
            return Page();
        }

        drafts.Write(HttpContext, draft with { PhoneProven = true });
        return LocalRedirect("/recover/password");
    }

    private RecoveryDraft? Draft()
    {
        if (drafts.Read(HttpContext) is not { } draft || (draft.PhoneLost && draft.NewPhone is null))
        {
            return null;
        }

        NewPhone = draft.NewPhone is null ? null : Masking.Phone(MobileNumber.National(draft.NewPhone));
        return draft;
    }
}
