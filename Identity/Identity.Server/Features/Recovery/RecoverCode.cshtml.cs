using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Recovery, step 2: the code. One answer for a wrong code, a dead one, and a person without an account or a phone.</summary>
internal sealed class RecoverCodeModel(
    IdentityContext database, PersonalData personal, PhoneCodes codes, PhoneOwnerStep owners, AttemptBrake brake, SignInHistory history, RecoveryDrafts drafts) : PageModel
{
    internal static readonly Problem Wrong = new("identity.recovery.refused", 422, "验证码不正确或已失效。", "The code is not right or no longer valid.");
    internal static readonly Problem MustWait = new("identity.recovery.mustWait", 422, "错误次数过多，请稍后再试。", "Too many wrong codes. Please try again later.");

    /// <summary>A hall has nothing else to give to whoever comes from there with its ticket.</summary>
    private static readonly Problem NotOwnerOfTicket = new(
        PhoneOwnerStep.NotOwner.Code, 422, "该手机号不是以您本人身份登记的。请更换本人名下的手机号，凭条仍然有效。", "This number is not registered to you. Please give one that is; the ticket is still good.");

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
        if (cipher is null && draft.NewPhone is null)
        {
            personal.AskInVain(draft.AccountId);
        }

        // A person without an account, or without a phone, has a code that went nowhere: tried in vain, also where it is guessed.
        var real = draft.NewPhone is not null || cipher is not null;
        var phone = draft.NewPhone ?? (cipher is null ? RecoveryMessages.NoPhoneOf(draft.AccountId) : personal.Unprotect(Purposes.Phone, cipher));
        var purpose = draft.NewPhone is null ? RecoveryMessages.PurposeFor(draft.Known == 1) : RecoveryMessages.NewPurpose;
        var code = TypedText.Normalise((Code ?? "").Trim());
        var address = HttpContext.Connection.RemoteIpAddress;
        var device = await history.KnownDeviceAsync(HttpContext, draft.AccountId, cancellationToken);
        var outcome = await brake.TryAsync(
            RecoveryKeys.Of(personal, "recovery", draft.IdNumber, device, address), address,
            async () => await codes.VerifyAsync(draft.FormId, phone, purpose, code.Length == 6 ? code : "", cancellationToken) == PhoneCodeOutcome.Accepted && real, cancellationToken,
            known: device is not null);
        if (outcome != SignInOutcome.Accepted)
        {
            return Refuse(outcome == SignInOutcome.MustWait ? MustWait : Wrong);
        }

        try
        {
            // Of a person without an account too, about a new phone: to the account's own no code leads without one. Asked here for the answer's sake, before a recovery code is spent; what becomes
            // evidence is asked when the recovery takes effect. The own number may have been given to somebody else, who reads its messages now.
            await owners.AskAsync(draft.AccountId, draft.FormId, phone, draft.Name, draft.IdNumber, cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem == PhoneOwnerStep.NotOwner && draft.TicketId is not null ? NotOwnerOfTicket : PhoneOwnerStep.AfterCode(e.Problem));
        }

        drafts.Write(HttpContext, draft with { PhoneProven = true });
        return LocalRedirect("/recover/password");
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError(nameof(Code), problem.Text);
        ModelState.SetModelValue(nameof(Code), null, null);
        Response.StatusCode = problem.Status;
        return Page();
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
