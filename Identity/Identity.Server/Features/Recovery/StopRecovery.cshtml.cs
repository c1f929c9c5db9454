using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>A waiting recovery, and the button that stops it: any session that is still signed in will do.</summary>
[Authorize]
internal sealed class StopRecoveryModel(IdentityContext database, Recoveries recoveries) : PageModel
{
    public RecoveryRequest? Waiting { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId();
        Waiting = await database.RecoveryRequests.AsNoTracking().FirstOrDefaultAsync(r => r.AccountId == account && r.State == RecoveryState.Waiting, cancellationToken);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId()!.Value;
        await recoveries.CancelAsync(account, "session", account.ToString(), cancellationToken);
        return LocalRedirect("/account/recovery");
    }
}
