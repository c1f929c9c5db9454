using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Step 3: what was told, once more; the credential; the account.</summary>
internal sealed class CheckModel(
    RegistrationDrafts drafts, Registrations registrations, DisputeSlips slips, PasskeyCeremony ceremony, SignInFlow flow, ITexts texts, TimeProvider time) : PageModel
{
    private static readonly Problem NotAccepted = new(
        "identity.registration.notAccepted", 422, "请阅读并同意服务协议和个人信息处理规则", "Please read and accept the terms of service and the rules on personal information");

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? PasswordAgain { get; set; }

    /// <summary>JSON of a new passkey in place of a password.</summary>
    [BindProperty]
    public string? Passkey { get; set; }

    [BindProperty]
    public bool Agreement { get; set; }

    /// <summary>The editions that the form showed (<see cref="EditionsInForce.Mark"/>).</summary>
    [BindProperty]
    public string? Editions { get; set; }

    /// <summary>What is agreed to.</summary>
    public EditionsInForce InForce { get; private set; } = null!;

    public string TermsAddress => $"{LegalDocument.Terms.Path}/{InForce.Terms}";

    public string PrivacyAddress => $"{LegalDocument.Privacy.Path}/{InForce.Privacy}";

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
            ModelState.AddModelError(nameof(Agreement), NotAccepted.Text);
        }
        else if (Editions != InForce.Mark)
        {
            // What was read is not what would be recorded.
            Agreement = false;
            ModelState.AddModelError(nameof(Agreement), EditionsInForce.Newer.Text);
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        Account? account;
        try
        {
            account = await registrations.CompleteAsync(Draft, passkey is null ? Password : null, passkey, InForce, cancellationToken);
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

        (Draft, InForce) = (draft, EditionsInForce.At(time.GetUtcNow()));
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
