using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Matters;

internal sealed class IndexModel(DeskApi desk) : PageModel
{
    private const int PageSize = 10;
    private const int LongestQuery = 60;

    public static readonly IReadOnlyList<string> Objects = ["NaturalPerson", "Enterprise", "PublicInstitution", "SocialOrganisation", "OtherOrganisation"];

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Object { get; set; }

    [BindProperty(SupportsGet = true)]
    public int Number { get; set; } = 1;

    public PageOf<MatterEntry> Found { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync()
    {
        ModelState.Clear();
        Q = Q?.Trim() is { Length: > LongestQuery } longer ? longer[..LongestQuery] : Q?.Trim();
        Object = Objects.Contains(Object, StringComparer.Ordinal) ? Object : null;
        Found = await desk.SearchAsync(Q, Object, Math.Clamp(Number, 1, 10_000), PageSize, HttpContext.RequestAborted);
        return this.PageOrPart("_Results");
    }
}
