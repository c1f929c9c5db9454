using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>A person's own live sessions; ends one of them.</summary>
[Authorize]
internal sealed class SessionsModel(IdentityContext database, SessionStore store, TimeProvider time) : PageModel
{
    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public Guid? Current => User.SessionId();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId();
        var (now, used) = (time.GetUtcNow(), store.IdleSince(User.Kind()));
        Sessions = await database.Sessions.AsNoTracking()
            .Where(s => s.AccountId == account && s.EndedAt == null && s.ExpiresAt > now && s.LastSeenAt >= used)
            .OrderByDescending(s => s.LastSeenAt)
            .Take(100)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Signs out everywhere but here.</summary>
    public async Task<IActionResult> OnPostOthersAsync(CancellationToken cancellationToken)
    {
        await store.EndAllAsync(User.AccountId()!.Value, EndReasons.SignedOutEverywhere, except: User.SessionId(), cancellationToken);
        return LocalRedirect("/account/sessions");
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellationToken)
    {
        var account = User.AccountId();
        if (await database.Sessions.AnyAsync(s => s.Id == id && s.AccountId == account, cancellationToken))
        {
            await store.EndAsync(id, EndReasons.SignedOut, cancellationToken);
        }

        return LocalRedirect("/account/sessions");
    }
}
