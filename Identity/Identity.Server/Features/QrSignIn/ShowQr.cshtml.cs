using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.QrSignIn;

/// <summary>The computer's side: shows the code and the number, and goes on when the phone has confirmed. A small script asks; without it a button does.</summary>
internal sealed class ShowQrModel(
    IdentityContext database, QrSignIns codes, AttemptBudget budget, AuthorizationTransactions transactions, SignInFlow flow, IOptions<AddressSettings> addresses,
    TimeProvider time) : PageModel
{
    private const int PerAddressAndHour = 3000;

    private static readonly Problem TooMany = new("identity.qr.tooMany", 429, "二维码刷新过于频繁，请稍后再试或用密码登录。", "Too many codes were shown; please wait a while or sign in with your password.");
    private static readonly Problem NotYet = new("identity.qr.notConfirmed", 422, "手机上还没有确认。", "The phone has not confirmed yet.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public string? Picture { get; private set; }

    public int Number { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ShowAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        // A phone that was signed out since (a new password, a lost factor) vouches for nobody any more. The account, with its stamp, is read first: what ends the phone's session between the
        // two either ends it before it is looked for, or the computer's begins with a stamp that is no longer right.
        if (await codes.OfBrowserAsync(HttpContext, cancellationToken) is { State: QrSignInState.Confirmed, AccountId: { } id, PhoneSessionId: { } phone } row &&
            await database.Users.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id && a.ClosedAt == null && a.FrozenAt == null, cancellationToken) is { } account &&
            await database.Sessions.AnyAsync(s => s.Id == phone && s.EndedAt == null, cancellationToken) &&
            await codes.UseAsync(HttpContext, row, cancellationToken))
        {
            return Redirect(await flow.CompleteAsync(HttpContext, account, row.Methods, ReturnUrl, cancellationToken, row.ProvedAt));
        }

        ModelState.AddModelError("", NotYet.Text);
        Response.StatusCode = NotYet.Status;
        await ShowAsync(cancellationToken);
        return Page();
    }

    /// <summary>For the page's script; tells this browser of its own code and nobody else anything.</summary>
    public async Task<IActionResult> OnGetStateAsync(CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        return new JsonResult(new { state = (await codes.OfBrowserAsync(HttpContext, cancellationToken))?.State.ToString() ?? "None" });
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (!budget.TryTake("qr:" + FailureWindow.Range(HttpContext.Connection.RemoteIpAddress), PerAddressAndHour))
        {
            throw TooMany.Exception();
        }

        var (row, code) = await codes.ShowAsync(HttpContext, transactions.ClientOf(ReturnUrl), ProofSince(), cancellationToken);
        Number = row.Number;
        Picture = AuthenticatorApps.Picture($"{AddressSettings.Text(addresses.Value.Identity)}/qr?code={code}");
    }

    /// <summary>
    /// OIDC Core §3.1.2.1: what <c>prompt=login</c> and <c>max_age</c> ask of the person is proved on the phone, for here nothing is. Without that the computer would be sent from
    /// the service back to its sign-in, again and again.
    /// </summary>
    private DateTimeOffset? ProofSince()
    {
        if (transactions.Of(ReturnUrl) is not { } transaction)
        {
            return null;
        }

        var request = AuthorizationTransactions.RequestOf(transaction);
        if (request.GetPromptValues().Contains(OpenIddictConstants.PromptValues.Login))
        {
            return transaction.StartedAt;
        }

        if (!long.TryParse((string?)request[OpenIddictConstants.Parameters.MaxAge], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        // Young enough still when the computer goes on, at the latest.
        var youngEnough = time.GetUtcNow() + (2 * QrSignIns.Life) - TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
        return youngEnough < transaction.StartedAt ? youngEnough : transaction.StartedAt;
    }
}
