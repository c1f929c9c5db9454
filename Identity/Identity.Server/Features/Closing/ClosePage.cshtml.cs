using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Closing;

/// <summary>What is erased and what is kept, and the wish to close the account: with a proof of the last five minutes, and a second factor wherever the account has one to show. To keep it any session will do.</summary>
[Authorize]
internal sealed class CloseModel(AccountClosing closing, StrengtheningWays ways, SessionStore sessions, ITexts texts) : PageModel
{
    private const string Here = "/account/close";
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    [BindProperty]
    public bool Understood { get; set; }

    public DateTimeOffset? ClosingAt { get; private set; }

    public IReadOnlyList<string> Represents { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId()!.Value;
        if (await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) is not { } session)
        {
            return LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(Here));
        }

        var further = await ways.LacksFurtherAsync(session, cancellationToken);
        if (further || !await sessions.IsRecentAsync(User, Recent, cancellationToken))
        {
            return LocalRedirect(ConfirmAddress.Of(session, Here, further));
        }

        if (!Understood)
        {
            ModelState.AddModelError(nameof(Understood), texts.Of("请先勾选确认", "Please tick the box first"));
            await ReadAsync(cancellationToken);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        await closing.BeginAsync(account, cancellationToken);
        return LocalRedirect(Here);
    }

    public async Task<IActionResult> OnPostUndoAsync(CancellationToken cancellationToken)
    {
        await closing.UndoAsync(User.AccountId()!.Value, cancellationToken);
        return LocalRedirect(Here);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        ClosingAt = session?.Account?.ClosingAt;
        Represents = await closing.RepresentsAsync(User.AccountId()!.Value, cancellationToken);
    }
}
