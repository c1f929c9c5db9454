using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What a link can still do.</summary>
internal enum StopState
{
    /// <summary>Wrong, used, or too old: one answer for all.</summary>
    Dead,
    Open,
    Stopped,
}

/// <summary>
/// The link of the message that announces a recovery or a change of phone: stops the one, freezes the account after the other, once, without a sign-in. Opening it does nothing yet,
/// for programs that look at links before their reader does.
/// </summary>
internal sealed class StopByLinkModel(IdentityContext database, StopLinks links, Recoveries recoveries, OwnFreezing freezing, TimeProvider time) : PageModel
{
    /// <summary>How long the former phone may object to a change that has been made.</summary>
    public static readonly TimeSpan AfterChange = TimeSpan.FromHours(72);

    [BindProperty(SupportsGet = true)]
    public string? C { get; set; }

    public StopState State { get; private set; }

    public bool IsPhoneChange { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        var (recovery, change) = await FindAsync(cancellationToken);
        IsPhoneChange = change is not null;
        State = recovery is null && change is null ? StopState.Dead : StopState.Open;
        return Answer();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var (recovery, change) = await FindAsync(cancellationToken);
        IsPhoneChange = change is not null;
        if (recovery is not null && await recoveries.CancelAsync(recovery.AccountId, "link", actor: null, cancellationToken, recovery.Id))
        {
            State = StopState.Stopped;
        }
        else if (change is not null)
        {
            // The account first, which does no harm twice, and then the link; whoever closes the page between the two must not leave a spent link and an open account. A link that had no effect is not spent.
            if (await freezing.FreezeAsync(change.AccountId, FreezeReasons.PhoneDisputed, CancellationToken.None, change.CreatedAt))
            {
                await SpentProof.SpendAsync(database, change.Id, change.CreatedAt + AfterChange, CancellationToken.None);
                State = StopState.Stopped;
            }
        }

        return Answer();
    }

    private async Task<(RecoveryRequest? Recovery, Notice? Change)> FindAsync(CancellationToken cancellationToken)
    {
        // No brake: nobody guesses 96 bits, and one that anybody can press without trying a password would lock everybody's.
        if (links.Read(C) is not { } thing)
        {
            return default;
        }

        var oldest = time.GetUtcNow() - AfterChange;
        return (
            await database.RecoveryRequests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == thing && r.State == RecoveryState.Waiting, cancellationToken),
            await database.Notices.AsNoTracking().FirstOrDefaultAsync(
                n => n.Id == thing && n.Kind == NoticeKinds.PhoneChanged && n.CreatedAt > oldest && !database.SpentProofs.Any(s => s.Id == n.Id), cancellationToken));
    }

    private PageResult Answer()
    {
        Response.Headers.CacheControl = "no-cache, no-store";
        Response.StatusCode = State == StopState.Dead ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        return Page();
    }
}
