using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SignIn;

internal sealed class SignInModel(PasswordSignIn passwords, PasskeySignIn passkeys, Challenges challenges, SignInFlow flow) : PageModel
{
    private static readonly Problem Wrong = new(
        "identity.signIn.refused", 422, "账号或密码不正确。", "The name or the password is not right.");

    private static readonly Problem WrongPasskey = new(
        "identity.signIn.passkeyRefused", 422, "通行密钥未被接受，请重试或用密码登录。", "The passkey was not accepted. Please try again or use your password.");

    private static readonly Problem MustWait = new(
        "identity.signIn.mustWait", 422,
        "密码错误次数过多，请稍后再试，或改用通行密钥登录。",
        "Too many wrong passwords. Please try again later, or sign in with a passkey.");

    [BindProperty(SupportsGet = true), StringLength(16_000)]
    public string? ReturnUrl { get; set; }

    [BindProperty, Required, StringLength(100)]
    public string? Name { get; set; }

    [BindProperty, Required, StringLength(200)]
    public string? Password { get; set; }

    /// <summary>JSON of the browser's answer when a passkey is used in place of the password.</summary>
    [BindProperty]
    public string? Passkey { get; set; }

    public void OnGet(string? name)
    {
        Name = name?.Length <= 100 ? name : null;
        ModelState.Clear();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(Passkey))
        {
            return await passkeys.TryAsync(HttpContext, Passkey, cancellationToken) is { } shown
                ? Redirect(await flow.CompleteAsync(HttpContext, shown.Account, shown.Methods, ReturnUrl, cancellationToken))
                : Refuse(WrongPasskey);
        }

        if (!ModelState.IsValid)
        {
            return Refuse(Wrong);
        }

        if (await challenges.AskAsync(HttpContext, ChallengePurposes.SignIn, Name!, cancellationToken) is { } needed)
        {
            return Refuse(needed);
        }

        var (outcome, account) = await passwords.TryAsync(HttpContext, Name!, Password!, cancellationToken);
        if (outcome != SignInOutcome.Accepted)
        {
            challenges.Count(HttpContext, ChallengePurposes.SignIn, Name!);
            challenges.ShowNext(HttpContext, ChallengePurposes.SignIn, Name!);
            return Refuse(outcome == SignInOutcome.MustWait ? MustWait : Wrong);
        }

        challenges.Forget(ChallengePurposes.SignIn, Name!);
        return Redirect(await flow.AfterPasswordAsync(HttpContext, account!, ReturnUrl, cancellationToken));
    }

    private PageResult Refuse(Problem problem)
    {
        Password = null;
        ModelState.Remove(nameof(Password));
        ModelState.Remove(nameof(Name));
        ModelState.Remove(nameof(Passkey));
        ModelState.AddModelError(nameof(Name), problem.Text);
        Response.StatusCode = problem.Status;
        return Page();
    }
}
