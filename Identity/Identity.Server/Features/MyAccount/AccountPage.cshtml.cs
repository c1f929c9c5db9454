using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>What Identity knows of the person, masked, what the level rests on, what is missing for the next, and the ways to change it.</summary>
[Authorize]
internal sealed class AccountModel(SessionStore sessions, SessionLevels levels, IdentityContext database, TimeProvider time) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Done { get; set; }

    public Session Current { get; private set; } = new();

    public AssuranceLevel Level { get; private set; }

    public IReadOnlyList<Evidence> Evidence { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Current = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        Level = (await levels.OfAsync(Current, acting: null, cancellationToken)).Effective;
        var now = time.GetUtcNow();
        var all = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == Current.AccountId).OrderBy(e => e.VerifiedAt).ToListAsync(cancellationToken);
        Evidence = [.. all.Where(e => e.State == EvidenceState.Active && (e.ValidUntil is null || e.ValidUntil > now) && !all.Exists(o => o.Supersedes == e.Id))];
    }
}
