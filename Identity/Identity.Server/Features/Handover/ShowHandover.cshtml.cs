using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>The computer's side: shows code and number, and goes back to where the person was when the phone has answered. A small script asks; without it a button does.</summary>
[Authorize]
internal sealed class ShowHandoverModel(Handovers handovers, SessionStore sessions, AttemptBudget budget, AuthorizationTransactions transactions, IOptions<AddressSettings> addresses) : PageModel
{
    private const int PerSessionAndHour = 30;

    private static readonly Problem TooMany = new("identity.handover.tooMany", 429, "二维码刷新过于频繁，请稍后再试，或换一种方式。", "Too many codes were shown; please wait a while, or choose another way.");
    private static readonly Problem NotYet = new("identity.handover.notConfirmed", 422, "手机上还没有完成。", "The phone has not finished yet.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Key of the code that the page shows; worthless without this session.</summary>
    [BindProperty]
    public Guid Handover { get; set; }

    public string Target => LocalUrl.OrHome(ReturnUrl);

    public string? Picture { get; private set; }

    public int Number { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ShowAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var session = User.SessionId()!.Value;
        if (await handovers.TakeAsync(Handover, session, cancellationToken) is { } done && done.AccountId == User.AccountId())
        {
            await sessions.StrengthenAsync(HttpContext, session, done.Methods, cancellationToken, done.ProvedAt);
            return Redirect(Target);
        }

        ModelState.AddModelError("", NotYet.Text);
        Response.StatusCode = NotYet.Status;
        await ShowAsync(cancellationToken);
        return Page();
    }

    /// <summary>For the page's script; tells this session of its own code and nobody else anything.</summary>
    public async Task<IActionResult> OnGetStateAsync(Guid id, CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        return new JsonResult(new { state = (await handovers.StateAsync(id, User.SessionId()!.Value, cancellationToken))?.ToString() ?? "None" });
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        var session = User.SessionId()!.Value;
        if (!budget.TryTake("handover:" + session, PerSessionAndHour))
        {
            throw TooMany.Exception();
        }

        var (row, code) = await handovers.ShowAsync(HttpContext, session, User.AccountId()!.Value, transactions.ClientOf(ReturnUrl), cancellationToken);
        ModelState.Remove(nameof(Handover));
        (Handover, Number) = (row.Id, row.Number);
        Picture = AuthenticatorApps.Picture($"{AddressSettings.Text(addresses.Value.Identity)}/step-up?code={code}");
    }
}
