using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
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
    IdentityContext database, PersonalData personal, RecoveryDrafts drafts, Recoveries recoveries, AuthenticatorApps apps, RecoveryCodes codes, AttemptBrake brake, SignInHistory history, ITexts texts) : PageModel
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

    /// <summary>Whether second factor and passkeys go in any case; else only when asked for.</summary>
    public bool Drops => Draft.PhoneLost || Draft.TicketId is not null;

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
        // A ticket has a state of its own: whoever is in the account does not void it by changing something there.
        var lapsed = Draft.TicketId is { } ticket
            ? !await database.RecoveryRequests.AnyAsync(r => r.Id == ticket && r.State == RecoveryState.Ticket, cancellationToken) : account.SecurityStamp != Draft.SecurityStamp;
        if (lapsed)
        {
            // Handed over or secured anew since: like a draft that has lapsed. Asked only here, where no person without an account comes, for an earlier answer would tell them apart.
            return LocalRedirect("/recover");
        }

        var drops = Drops || (SecondFactorLost && !further);
        var change = new RecoveryChange(
            account.Id, recoveries.Hash(account, Password!), Draft.NewPhone, KeepsLevel: Draft.TicketId is not null || (further && !Draft.PhoneLost), drops, Draft.Receipt,
            Draft.TicketId is not null ? "counter phone-code" : (further ? "own-factor " : "") + "phone-code population-match", Draft.SecurityStamp, Draft.Ethnicity);
        var guarded = account.TwoFactorEnabled || await database.UserPasskeys.AnyAsync(p => p.UserId == account.Id, cancellationToken);
        if (Draft.TicketId is null && recoveries.WaitFor(guarded, further, drops && (guarded || Draft.PhoneLost)) is { } wait)
        {
            if (!await recoveries.WaitAsync(change, wait, cancellationToken))
            {
                return LocalRedirect("/recover");
            }

            drafts.Clear(HttpContext);
            return LocalRedirect($"/recover/done?hours={wait.TotalHours:0}");
        }

        try
        {
            if (!await recoveries.ApplyAsync(change, Draft.TicketId, Draft.FormId, cancellationToken))
            {
                ModelState.AddModelError("", NotDone.Text);
                return Refuse();
            }
        }
        catch (ProblemException e)
        {
            // Nothing is lost: a factor that was shown here, and spent, asks no authority.
            ModelState.AddModelError("", e.Problem.Text);
            return Refuse(e.Problem.Status);
        }

        drafts.Clear(HttpContext);
        var frozen = await database.StandingFreezes.AnyAsync(f => f.AccountId == account.Id && f.LiftedAt == null, cancellationToken);
        return LocalRedirect(frozen ? "/recover/done?frozen=true" : "/recover/done");
    }

    /// <summary>The account's own second factor, behind the recovery's brake; for a person without an account it is wrong like any other.</summary>
    private async Task<Problem?> FurtherAsync(CancellationToken cancellationToken)
    {
        var code = TypedText.Normalise((Further ?? "").Trim());
        var address = HttpContext.Connection.RemoteIpAddress;
        // Six digits of an app can be guessed: counted for the account, and only whoever holds its phone gets here. A recovery code (fifty bits) cannot, and with a phone of his own every
        // stranger with the particulars gets here: his tries bar his own addresses, not the owner's.
        var key = NeedsFurther ? RecoveryKeys.Of(personal, "recovery-code", Draft.IdNumber, device: null, address) : personal.Index(Purposes.SignInName, "recovery-factor:" + Draft.AccountId);
        var known = await history.KnownDeviceAsync(HttpContext, Draft.AccountId, cancellationToken) is not null;
        var outcome = await brake.TryAsync(
            key, address,
            async () => code.Length is > 0 and <= 40 && ((!NeedsFurther && await apps.UseAsync(Draft.AccountId, code, cancellationToken)) || await codes.UseAsync(Draft.AccountId, code, cancellationToken)), cancellationToken,
            known: known);
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

    private PageResult Refuse(int status = StatusCodes.Status422UnprocessableEntity)
    {
        Response.StatusCode = status;
        return Page();
    }
}
