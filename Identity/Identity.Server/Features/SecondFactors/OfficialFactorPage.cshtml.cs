using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>
/// Where an official lands who has shown no more than a password: sets up the first factor, or shows the one that there is, and goes on. After a reset the ticket comes first.
/// </summary>
[Authorize]
internal sealed class OfficialFactorModel(SessionStore sessions, StrengtheningWays strengthening, FactorTickets tickets) : PageModel
{
    public const string Path = "/account/second-factor/official";
    private const string App = "/account/second-factor/app";

    private static readonly Problem Wrong = new(
        "identity.factorTicket.refused", 422, "凭条不正确，或已使用、已过期。", "The ticket is not right, was used before, or has ended.");

    private static readonly Problem MustWait = new("identity.factorTicket.mustWait", 422, "错误次数过多，请稍后再试。", "Too many wrong tickets. Please try again later.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>What is printed on the ticket.</summary>
    [BindProperty]
    public string? Ticket { get; set; }

    /// <summary>The factors were taken off, and this session has not shown the ticket yet.</summary>
    public bool NeedsTicket { get; private set; }

    /// <summary>Whoever came from the page of the app goes back to it, and from there to where it led.</summary>
    public string AppAddress => Target.StartsWith(App, StringComparison.Ordinal) ? Target : App + "?ReturnUrl=" + Uri.EscapeDataString(Target);

    private string Here => Path + "?ReturnUrl=" + Uri.EscapeDataString(Target);

    private string Target => LocalUrl.OrHome(ReturnUrl);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var session = await OfficialAsync(cancellationToken);
        if (session is null)
        {
            return LocalRedirect(Target);
        }

        NeedsTicket = await tickets.IsNeededAsync(session.AccountId, session.Id, cancellationToken);
        return NeedsTicket || await strengthening.MayBindAsync(session, cancellationToken) ? Page()
            : LocalRedirect("/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString(Target));
    }

    /// <summary>The ticket. From then on this session, and no other, may set up the first factor.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var session = await OfficialAsync(cancellationToken);
        if (session is null)
        {
            return LocalRedirect(Target);
        }

        if (!await tickets.IsNeededAsync(session.AccountId, session.Id, cancellationToken))
        {
            return LocalRedirect(Here);
        }

        var outcome = await tickets.TryAsync(HttpContext, session.AccountId, session.Id, Ticket, cancellationToken);
        if (outcome == SignInOutcome.Accepted)
        {
            return LocalRedirect(Here);
        }

        var problem = outcome == SignInOutcome.MustWait ? MustWait : Wrong;
        NeedsTicket = true;
        ModelState.AddModelError(nameof(Ticket), problem.Text);
        ModelState.SetModelValue(nameof(Ticket), null, null);
        Response.StatusCode = problem.Status;
        return Page();
    }

    /// <summary>The session of an official who has shown no second factor; else null.</summary>
    private async Task<Session?> OfficialAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        return session is { HasTwoFactors: false, Account.Kind: AccountKind.Staff } ? session : null;
    }
}
