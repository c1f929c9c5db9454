using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.QrSignIn;

/// <summary>
/// The phone's side. It names service, device and place, and asks for the number that only the computer shows; the session behind it must be proved recently, and
/// with two factors where the account has them: the computer's session is worth what this one is, and no newer. Where the service asks for a proof since its request, the phone gives it.
/// </summary>
[Authorize]
internal sealed class ConfirmQrModel(QrSignIns codes, ClientCatalogue clients, SessionStore sessions, ITexts texts, TimeProvider time) : PageModel
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>The chosen number; none: refused.</summary>
    [BindProperty]
    public int? Number { get; set; }

    public Data.QrSignIn? Scanned { get; private set; }

    /// <summary>What came of the answer; null before it.</summary>
    public bool? Confirmed { get; private set; }

    public string Service => clients.Find(Scanned?.ClientId)?.DisplayName ?? texts.Of("统一身份认证", "Unified Identity");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Scanned = await codes.ScannedAsync(Code, cancellationToken);
        return Scanned is null ? Page() : await ProveFirstAsync(cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Scanned = await codes.ScannedAsync(Code, cancellationToken);
        if (Scanned is null)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        if (await ProveFirstAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        Confirmed = await codes.AnswerAsync(Scanned, session!, Number, cancellationToken);
        return Page();
    }

    private async Task<IActionResult?> ProveFirstAsync(CancellationToken cancellationToken)
    {
        var here = Uri.EscapeDataString("/qr?code=" + Uri.EscapeDataString(Code!));
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (session is null)
        {
            return LocalRedirect("/sign-in?ReturnUrl=" + here);
        }

        if (time.GetUtcNow() - session.AuthenticatedAt > Recent || session.AuthenticatedAt < Scanned!.ProofSince)
        {
            // In this session, which goes on; with the second factor where there is one, for the computer will count as having shown it.
            return LocalRedirect($"/account/confirm?{(session.Account!.TwoFactorEnabled || session.HasTwoFactors ? "two=true&" : "")}ReturnUrl={here}");
        }

        return session is { Account.TwoFactorEnabled: true, HasTwoFactors: false } ? LocalRedirect("/sign-in/second-factor?ReturnUrl=" + here) : null;
    }
}
