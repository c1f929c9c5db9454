using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Matters;

internal sealed class GuideModel(DeskApi desk) : PageModel
{
    public Matter Matter { get; private set; } = null!;

    public async Task OnGetAsync(string code) => Matter = await desk.MatterAsync(code, HttpContext.RequestAborted);
}
