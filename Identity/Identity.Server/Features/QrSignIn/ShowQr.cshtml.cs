using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
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
    IdentityContext database, QrSignIns codes, AttemptBudget budget, AuthorizationTransactions transactions, SignInFlow flow, IOptions<AddressSettings> addresses) : PageModel
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
        if (await codes.OfBrowserAsync(HttpContext, cancellationToken) is { State: QrSignInState.Confirmed, AccountId: { } id } row &&
            await database.Users.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id && a.ClosedAt == null && a.FrozenAt == null, cancellationToken) is { } account &&
            await codes.UseAsync(HttpContext, row, cancellationToken))
        {
            return Redirect(await flow.CompleteAsync(HttpContext, account, row.Methods, ReturnUrl, cancellationToken));
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
        if (!budget.TryTake("qr:" + HttpContext.Connection.RemoteIpAddress, PerAddressAndHour))
        {
            throw TooMany.Exception();
        }

        var (row, code) = await codes.ShowAsync(HttpContext, transactions.ClientOf(ReturnUrl), cancellationToken);
        Number = row.Number;
        Picture = AuthenticatorApps.Picture($"{AddressSettings.Text(addresses.Value.Identity)}/qr?code={code}");
    }
}
