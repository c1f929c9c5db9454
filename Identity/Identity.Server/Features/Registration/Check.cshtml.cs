using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 3: what was told, once more; the credential; the account.</summary>
internal sealed class CheckModel(RegistrationDrafts drafts, Registrations registrations, PasskeyCeremony ceremony, SignInFlow flow, ITexts texts) : PageModel
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

        var account = await registrations.CompleteAsync(Draft, passkey is null ? Password : null, passkey, cancellationToken);
        drafts.Clear(HttpContext);
        return account is null
            ? LocalRedirect("/register/taken")
            : Redirect(await flow.CompleteAsync(HttpContext, account, passkey is null ? ["pwd", "sms", "mfa"] : ["hwk", "user", "sms"], Draft.ReturnUrl, cancellationToken));
    }

    private bool Read()
    {
        if (drafts.Read(HttpContext) is not { PopulationReceipt: not null, PhoneProvenAt: not null } draft)
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
