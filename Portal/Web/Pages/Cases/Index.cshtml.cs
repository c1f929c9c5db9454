using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Cases;

internal sealed class IndexModel(DeskApi desk) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public int Number { get; set; } = 1;

    public PageOf<Case> Found { get; private set; } = null!;

    public async Task OnGetAsync()
    {
        ModelState.Clear();
        Found = await desk.CasesAsync(Math.Clamp(Number, 1, 10_000), HttpContext.RequestAborted);
    }
}
