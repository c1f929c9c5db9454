using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>A code strengthens the session: from the app, by text message to the account's own phone, or a recovery code. A message is bound to this session.</summary>
[Authorize]
internal sealed class ConfirmCodeModel(IdentityContext database, PersonalData personal, SecondFactorCheck check, PhoneCodes phones, SessionStore sessions) : ConfirmPage(sessions)
{
    private static readonly Problem Wrong = new("identity.confirm.codeRefused", 422, "验证码不正确或已失效。", "The code is not right or no longer valid.");
    private static readonly Problem MustWait = new("identity.confirm.mustWait", 422, "错误次数过多，请稍后再试，或换一种方式。", "Too many wrong codes. Please try again later, or choose another way.");
    private static readonly Problem TooManyMessages = new("identity.confirm.tooManyMessages", 429, "验证码发送过于频繁，请稍后再试，或换一种方式。", "Too many codes were asked for; please try again later, or choose another way.");

    /// <summary>One of <see cref="SecondFactorWays"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Way { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Set after a message went out.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Sent { get; set; }

    public OwnSecondFactors Own { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        Sent = true;
        return await check.TryAsync(HttpContext, User.AccountId()!.Value, User.SessionId()!.Value, Way!, Code, cancellationToken) switch
        {
            SignInOutcome.Accepted => await ConfirmedAsync(SecondFactorWays.Methods(Way!), cancellationToken),
            SignInOutcome.MustWait => Refuse(nameof(Code), MustWait),
            _ => Refuse(nameof(Code), Wrong),
        };
    }

    /// <summary>Sends a code to the account's phone, within the budgets of number, account and address.</summary>
    public async Task<IActionResult> OnPostSendAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Way != SecondFactorWays.Sms)
        {
            return Redirect(OtherWays);
        }

        try
        {
            var phone = personal.Unprotect(Purposes.Phone, Own.PhoneCipher!);
            return await phones.SendAsync(User.SessionId()!.Value, phone, User.AccountId()!.Value.ToString(), SecondFactorCheck.SmsPurpose, HttpContext.Connection.RemoteIpAddress, cancellationToken)
                ? Redirect($"/account/confirm/code?way=sms&sent=true&ReturnUrl={Uri.EscapeDataString(Target)}") : Refuse(nameof(Code), TooManyMessages);
        }
        catch (ProblemException e)
        {
            return Refuse(nameof(Code), e.Problem);
        }
    }

    /// <returns>Where to go instead, when the account has not got this way.</returns>
    private async Task<IActionResult?> ReadAsync(CancellationToken cancellationToken)
    {
        Own = await OwnSecondFactors.OfAsync(database, User.AccountId()!.Value, cancellationToken);
        return Own.Ways.Contains(Way ?? "", StringComparer.Ordinal) ? null : Redirect(OtherWays);
    }
}
