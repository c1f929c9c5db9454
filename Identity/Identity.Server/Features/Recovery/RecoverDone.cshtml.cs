using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What happens next.</summary>
internal sealed class RecoverDoneModel : PageModel
{
    /// <summary>Hours to wait; none: it is done.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Hours { get; set; }

    /// <summary>Recovered, and yet nobody gets in: officials have frozen the account. For which reason is not ours to tell.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Frozen { get; set; }
}
