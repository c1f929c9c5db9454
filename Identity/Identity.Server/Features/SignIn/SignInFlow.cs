using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>The end of every way of signing in (password, passkey, registration): begin the session, then say where the browser goes.</summary>
internal sealed class SignInFlow(SessionStore sessions, PendingSignIns pending)
{
    /// <summary>After a right password: the second factor where the account has one, else the end.</summary>
    public async Task<string> AfterPasswordAsync(HttpContext context, Account account, string? returnUrl, CancellationToken cancellationToken)
    {
        if (!account.TwoFactorEnabled)
        {
            return await CompleteAsync(context, account, ["pwd"], returnUrl, cancellationToken);
        }

        pending.Write(context, new PendingSignIn(Guid.CreateVersion7(), account.Id, account.SecurityStamp ?? ""));
        return "/sign-in/second-factor?ReturnUrl=" + Uri.EscapeDataString(LocalUrl.OrHome(returnUrl));
    }

    /// <param name="context">The request in which the person proved who they are.</param>
    /// <param name="account">Who it is.</param>
    /// <param name="methods">RFC 8176 values of what was proved: <c>pwd</c>; <c>hwk</c> or <c>swk</c>, and <c>user</c>, for a passkey; <c>sms</c>.</param>
    /// <param name="returnUrl">Where the person wanted to go; anything but a path of this app is ignored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="provedAt">When, if it was proved elsewhere some time ago; null: now.</param>
    /// <returns>A local URL: the choice of whom to act for, when there is one, else <paramref name="returnUrl"/>.</returns>
    public async Task<string> CompleteAsync(
        HttpContext context, Account account, IReadOnlyList<string> methods, string? returnUrl, CancellationToken cancellationToken, DateTimeOffset? provedAt = null)
    {
        var session = await sessions.BeginAsync(context, account, methods, cancellationToken, provedAt);
        var target = LocalUrl.OrHome(returnUrl);
        return session.ActingChosen ? target : "/account/acting?ReturnUrl=" + Uri.EscapeDataString(target);
    }
}
