using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 3: what was told, once more; the credential; the account.</summary>
internal sealed class CheckModel(RegistrationDrafts drafts, Registrations registrations, DisputeSlips slips, PasskeyCeremony ceremony, SignInFlow flow, ITexts texts) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? PasswordAgain { get; set; }

    /// <summary>JSON of a new passkey in place of a password.</summary>
    [BindProperty]
    public string? Passkey { get; set; }

    [BindProperty]
    public bool Agreement { get; set; }

    public RegistrationDraft Draft { get; private set; } = null!;

    public IActionResult OnGet() => Read() ? Page() : LocalRedirect("/register/phone");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!Read())
        {
            return LocalRedirect("/register/phone");
        }

        if (Draft.Slip is not null)
        {
            return LocalRedirect("/register/taken");
        }

        var passkey = await ReadPasskeyAsync();
        if (passkey is null)
        {
            CheckPassword();
        }

        if (!Agreement)
        {
            ModelState.AddModelError(nameof(Agreement), texts.Of("请阅读并同意服务协议", "Please accept the terms of service"));
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        Account? account;
        try
        {
            account = await registrations.CompleteAsync(Draft, passkey is null ? Password : null, passkey, cancellationToken);
        }
        catch (ProblemException e)
        {
            // What was typed stays, and fills the first step; what was answered does not.
            drafts.Write(HttpContext, Draft with { PopulationReceipt = null, PopulationAnswer = null, PopulationCheckedAt = null, PhoneOwnerAnswer = null, PhoneProvenAt = null });
            ModelState.AddModelError("", e.Problem.Text);
            Response.StatusCode = e.Problem.Status;
            return Page();
        }

        if (account is null && await registrations.IsCompletedAsync(Draft, cancellationToken))
        {
            // Signed in by the first click, or about to sign in with what was just chosen. Whoever registers next at this browser begins with nothing.
            drafts.Clear(HttpContext);
            return LocalRedirect(LocalUrl.OrHome(Draft.ReturnUrl));
        }

        if (account is null)
        {
            // One slip for each registration, however often the form is sent.
            drafts.Write(HttpContext, Draft with { Slip = await slips.GiveAsync(Draft, cancellationToken) });
            return LocalRedirect("/register/taken");
        }

        drafts.Clear(HttpContext);
        return Redirect(await flow.CompleteAsync(HttpContext, account, passkey is null ? ["pwd", "sms", "mfa"] : [.. PasskeyMethods.Of(passkey.IsBackupEligible), "sms"], Draft.ReturnUrl, cancellationToken));
    }

    private bool Read()
    {
        if (drafts.Read(HttpContext) is not { PopulationReceipt: not null, PhoneProvenAt: not null, Untold: false } draft)
        {
            return false;
        }

        Draft = draft;
        return true;
    }

    private async Task<UserPasskeyInfo?> ReadPasskeyAsync()
    {
        if (string.IsNullOrEmpty(Passkey))
        {
            return null;
        }

        var result = await ceremony.AttestAsync(HttpContext, Passkey, Draft.Id);
        if (result is null)
        {
            ModelState.AddModelError("", texts.Of("通行密钥没有创建成功，可以重试或改用密码", "The passkey was not made; try again or use a password"));
        }

        return result;
    }

    private void CheckPassword()
    {
        if (PasswordRules.Fault(Password, Draft.IdNumber, MobileNumber.National(Draft.Phone!), Draft.Name) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), fault.Text);
        }
        else if (Password != PasswordAgain)
        {
            ModelState.AddModelError(nameof(PasswordAgain), texts.Of("两次输入的密码不一致", "The two passwords are not the same"));
        }
    }
}
