using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>Its owner freezes the account: any session will do, for it takes nothing away that cannot be given back.</summary>
[Authorize]
internal sealed class FreezeModel(OwnFreezing freezing) : PageModel
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await freezing.FreezeAsync(User.AccountId()!.Value, FreezeReasons.OwnWish, cancellationToken);
        return LocalRedirect("/frozen");
    }
}
