using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>A person's notices, newest first, page by page behind a key.</summary>
[Authorize]
internal sealed class NoticesModel(IdentityContext database, TimeProvider time) : PageModel
{
    private const int PageSize = 20;

    /// <summary>Notices older than this one.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<Notice> Notices { get; private set; } = [];

    public int Unread { get; private set; }

    public Guid? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId();
        var own = database.Notices.AsNoTracking().Where(n => n.AccountId == account);
        Unread = await own.CountAsync(n => n.ReadAt == null, cancellationToken);
        var page = Before is { } before ? own.Where(n => n.Id.CompareTo(before) < 0) : own;
        var found = await page.OrderByDescending(n => n.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        Notices = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Notices[^1].Id : null;
    }

    /// <summary>One notice, or all when none is named.</summary>
    public async Task<IActionResult> OnPostAsync(Guid? id, CancellationToken cancellationToken)
    {
        var (account, now) = (User.AccountId(), time.GetUtcNow());
        await database.Notices.Where(n => n.AccountId == account && n.ReadAt == null && (id == null || n.Id == id))
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.ReadAt, now), cancellationToken);
        return LocalRedirect("/account/notices");
    }
}
