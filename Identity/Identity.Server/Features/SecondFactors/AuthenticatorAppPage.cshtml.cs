using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Pairs an authenticator app: the secret stays encrypted in the form until a code proves that the app has it, so an abandoned form leaves nothing. A password alone pairs no app but an account's first: it would make itself two factors.</summary>
[Authorize]
internal sealed class AuthenticatorAppModel(
    IdentityContext database, PersonalData personal, SessionStore sessions, AuthenticatorApps apps, AttemptBrake brake, SecondFactorBrowsers browsers, SecondFactorChange change,
    StrengtheningWays strengthening, IDataProtectionProvider protection) : PageModel
{
    private const string Here = "/account/second-factor/app";
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private static readonly Problem Wrong = new(
        "identity.authenticator.refused", 422, "验证码不正确，请确认手机时间准确后重试。", "The code is not right. Please check that your phone's clock is right and try again.");

    private static readonly Problem MustWait = new("identity.authenticator.mustWait", 422, "错误次数过多，请稍后再试。", "Too many wrong codes. Please try again later.");

    /// <summary>The secret, encrypted for this account.</summary>
    [BindProperty]
    public string? Kept { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Where the person goes on; none: the page of the second step.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>This page with the place to go on to, for pages that come back here.</summary>
    private string Again => LocalUrl.IsLocal(ReturnUrl) ? Here + "?ReturnUrl=" + Uri.EscapeDataString(ReturnUrl!) : Here;

    /// <summary>Whether another app is there already, which this one takes the place of.</summary>
    public bool Replaces { get; private set; }

    public string Secret { get; private set; } = "";

    /// <summary>The secret in groups of four, for typing.</summary>
    public string Spaced => string.Join(' ', Secret.Chunk(4).Select(c => new string(c)));

    public string Picture => AuthenticatorApps.Picture(AuthenticatorApps.Address(Secret, User.AccountId()!.Value.ToString("N")[^8..]));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (await ElsewhereAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        Show(AuthenticatorApps.NewSecret());
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await ElsewhereAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        try
        {
            Secret = Protector().Unprotect(Kept ?? "");
        }
        catch (CryptographicException)
        {
            return LocalRedirect(Again);
        }

        var account = User.AccountId()!.Value;
        long? step = null;
        var device = await browsers.KnownAsync(HttpContext, account, cancellationToken);
        var outcome = await brake.TryAsync(
            SignInKeys.OfSecondFactor(personal, account, device), HttpContext.Connection.RemoteIpAddress,
            () => Task.FromResult((step = apps.StepOf(Secret, TypedText.Normalise((Code ?? "").Trim()))) is not null), cancellationToken, known: device is not null);
        if (outcome != SignInOutcome.Accepted)
        {
            ModelState.AddModelError(nameof(Code), (outcome == SignInOutcome.MustWait ? MustWait : Wrong).Text);
            ModelState.SetModelValue(nameof(Code), null, null);
            Response.StatusCode = Wrong.Status;
            Show(Secret);
            return Page();
        }

        if (!await change.PairAsync(account, Secret, step!.Value, User.SessionId()!.Value, cancellationToken))
        {
            return LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(Again));
        }

        await browsers.ShownAsync(HttpContext, account, cancellationToken);
        await sessions.StrengthenAsync(HttpContext, User.SessionId()!.Value, SecondFactorWays.Methods(SecondFactorWays.App), cancellationToken);
        return Redirect(LocalUrl.IsLocal(ReturnUrl) ? ReturnUrl! : SecondFactorPageModel.Here);
    }

    private void Show(string secret)
    {
        Secret = secret;
        Kept = Protector().Protect(secret, Life);
        ModelState.Remove(nameof(Kept));
    }

    private ITimeLimitedDataProtector Protector() => protection.CreateProtector("authenticator-secret", User.AccountId()!.Value.ToString()).ToTimeLimitedDataProtector();

    private async Task<IActionResult?> ElsewhereAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (session is null || !await sessions.IsRecentAsync(User, Recent, cancellationToken))
        {
            return LocalRedirect(session is null ? "/sign-in?ReturnUrl=" + Uri.EscapeDataString(Again) : ConfirmAddress.Of(session, Again));
        }

        var own = await OwnSecondFactors.OfAsync(database, User.AccountId()!.Value, cancellationToken);
        Replaces = own.App;
        return own.Required && !session.HasTwoFactors ? LocalRedirect("/sign-in/second-factor?ReturnUrl=" + Uri.EscapeDataString(Again))
            : await strengthening.MayBindAsync(session, cancellationToken) ? null
            : LocalRedirect(await strengthening.BeforeBindingAsync(session, Again, cancellationToken));
    }
}
