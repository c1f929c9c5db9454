using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>
/// Recovery, step 3: the new password, and a second factor of the account's own if there is one at hand. What was shown decides whether it happens at once
/// and what level is left.
/// </summary>
internal sealed class RecoverPasswordModel(
    IdentityContext database, PersonalData personal, RecoveryDrafts drafts, Recoveries recoveries, AuthenticatorApps apps, RecoveryCodes codes, AttemptBrake brake, ITexts texts) : PageModel
{
    private static readonly Problem WrongFurther = new("identity.recovery.furtherRefused", 422, "恢复码或验证器验证码不正确。", "The recovery or authenticator code is not right.");
    private static readonly Problem NotDone = new(
        "identity.recovery.notDone", 422, "找回没有完成：手机号正由另一账号使用，或凭条已失效。请到政务服务大厅办理。", "Not recovered: the phone is in use by another account, or the ticket has ended. Please go to a service hall.");

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? PasswordAgain { get; set; }

    /// <summary>A recovery code, or the code of the authenticator app.</summary>
    [BindProperty]
    public string? Further { get; set; }

    /// <summary>The second factor is gone and is to be taken off.</summary>
    [BindProperty]
    public bool SecondFactorLost { get; set; }

    public RecoveryDraft Draft { get; private set; } = null!;

    /// <summary>Without the account's phone only a recovery code, or an official's ticket, will do.</summary>
    public bool NeedsFurther => Draft.PhoneLost && Draft.TicketId is null;

    public IActionResult OnGet() => Read() ? Page() : LocalRedirect("/recover");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!Read())
        {
            return LocalRedirect("/recover");
        }

        CheckPassword();
        if (!ModelState.IsValid)
        {
            return Refuse();
        }

        var further = Draft.TicketId is null && (NeedsFurther || !string.IsNullOrWhiteSpace(Further));
        if (further && await FurtherAsync(cancellationToken) is { } problem)
        {
            ModelState.AddModelError(nameof(Further), problem.Text);
            ModelState.SetModelValue(nameof(Further), null, null);
            return Refuse();
        }

        return await CompleteAsync(further, cancellationToken);
    }

    private async Task<IActionResult> CompleteAsync(bool further, CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().FirstAsync(a => a.Id == Draft.AccountId, cancellationToken);
        var drops = Draft.TicketId is not null || Draft.PhoneLost || (SecondFactorLost && !further);
        var change = new RecoveryChange(
            account.Id, recoveries.Hash(account, Password!), Draft.NewPhone, KeepsLevel: Draft.TicketId is not null || (further && !Draft.PhoneLost), drops, Draft.Receipt,
            Draft.TicketId is not null ? "counter phone-code" : (further ? "own-factor " : "") + "phone-code population-match");
        var guarded = account.TwoFactorEnabled || await database.UserPasskeys.AnyAsync(p => p.UserId == account.Id, cancellationToken);
        if (Draft.TicketId is null && recoveries.WaitFor(guarded, further, drops && (account.TwoFactorEnabled || Draft.PhoneLost)) is { } wait)
        {
            await recoveries.WaitAsync(change, wait, cancellationToken);
            drafts.Clear(HttpContext);
            return LocalRedirect($"/recover/done?hours={wait.TotalHours:0}");
        }

        if (!await recoveries.ApplyAsync(change, Draft.TicketId, cancellationToken))
        {
            ModelState.AddModelError("", NotDone.Text);
            return Refuse();
        }

        drafts.Clear(HttpContext);
        return LocalRedirect("/recover/done");
    }

    /// <summary>The account's own second factor, behind the recovery's brake; for a person without an account it is wrong like any other.</summary>
    private async Task<Problem?> FurtherAsync(CancellationToken cancellationToken)
    {
        var code = (Further ?? "").Trim().Normalize(System.Text.NormalizationForm.FormKC);
        var outcome = await brake.TryAsync(
            personal.Index(Purposes.SignInName, "recovery-factor:" + Draft.AccountId), HttpContext.Connection.RemoteIpAddress,
            async () => code.Length is > 0 and <= 40 && ((!NeedsFurther && await apps.UseAsync(Draft.AccountId, code, cancellationToken)) || await codes.UseAsync(Draft.AccountId, code, cancellationToken)), cancellationToken);
        return outcome switch
        {
            SignInOutcome.Accepted => null,
            SignInOutcome.MustWait => RecoverCodeModel.MustWait,
            _ => WrongFurther,
        };
    }

    private void CheckPassword()
    {
        if (PasswordRules.Fault(Password, Draft.IdNumber, MobileNumber.National(Draft.NewPhone ?? ""), Draft.Name) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), fault.Text);
        }
        else if (Password != PasswordAgain)
        {
            ModelState.AddModelError(nameof(PasswordAgain), texts.Of("两次输入的密码不一致", "The two passwords are not the same"));
        }
    }

    private bool Read()
    {
        if (drafts.Read(HttpContext) is not { PhoneProven: true } draft)
        {
            return false;
        }

        Draft = draft;
        return true;
    }

    private PageResult Refuse()
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
