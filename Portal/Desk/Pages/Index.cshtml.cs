using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Web.Components;

namespace Yinxin.Desk.Pages;

internal sealed class IndexModel(DeskContext database) : PageModel
{
    public const int PageSize = 20;

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    [BindProperty(SupportsGet = true)]
    public int Number { get; set; } = 1;

    public IReadOnlyDictionary<string, int> Counts { get; private set; } = new Dictionary<string, int>();

    public IReadOnlyList<CaseRecord> Cases { get; private set; } = [];

    public int Total { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var body = User.RequireSignedInUser().Department?.Uscc;
        var cases = database.Cases.AsNoTracking().Where(c => c.BodyUscc == body);
        Counts = await cases.GroupBy(c => c.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, HttpContext.RequestAborted);
        if (!string.IsNullOrEmpty(State))
        {
            cases = cases.Where(c => c.State == State);
        }

        if (Q?.Trim() is { Length: > 0 and <= 50 } number)
        {
            cases = cases.Where(c => c.CaseNumber.EndsWith(number));
        }

        Number = Math.Clamp(Number, 1, 10_000);
        Total = await cases.CountAsync(HttpContext.RequestAborted);
        // The most urgent first; what has no due date yet by its age.
        Cases = await cases.OrderBy(c => c.PromisedDue == null).ThenBy(c => c.PromisedDue).ThenBy(c => c.SubmittedAt)
            .Skip((Number - 1) * PageSize).Take(PageSize).ToListAsync(HttpContext.RequestAborted);
        return this.PageOrPart("_Queue");
    }
}
