using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Applications;

/// <summary>Applications that hold a grant of a live session: what they were given, and the button that takes it back.</summary>
[Authorize]
internal sealed class ApplicationsModel(IdentityContext database, ClientCatalogue clients, ClaimConsents consents, SessionStore sessions, EndingsLog endings, IAuditTrail audit, TimeProvider time) : PageModel
{
    internal sealed record Row(string ClientId, string Name, int Grants, DateTimeOffset Since, DateTimeOffset LastUsed);

    public IReadOnlyList<Row> Applications { get; private set; } = [];

    /// <summary>Verified data that applications may have, with or without a sign-in that lives.</summary>
    public IReadOnlyList<ClaimConsent> Consents { get; private set; } = [];

    public string NameOf(string clientId) => clients.Find(clientId)?.DisplayName ?? clientId;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var found = await Live().GroupBy(g => g.ClientId)
            .Select(g => new { ClientId = g.Key, Count = g.Count(), Since = g.Min(x => x.RedeemedAt), Last = g.Max(x => x.RefreshedAt) })
            .ToListAsync(cancellationToken);
        Applications = [.. found.OrderByDescending(g => g.Last).Select(g => new Row(g.ClientId, NameOf(g.ClientId), g.Count, g.Since, g.Last))];
        Consents = await consents.OfAsync(User.AccountId()!.Value, cancellationToken);
    }

    /// <summary>Ends all grants of one application: it cannot renew its tokens, and what it holds is refused everywhere within the time of the feed.</summary>
    public async Task<IActionResult> OnPostAsync(string? clientId, CancellationToken cancellationToken)
    {
        var (account, now) = (User.AccountId()!.Value, time.GetUtcNow());
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var ids = await Live().Where(g => g.ClientId == clientId).Select(g => g.Id).ToListAsync(cancellationToken);
        if (ids.Count > 0)
        {
            await database.Grants.Where(g => ids.Contains(g.Id) && g.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(g => g.EndedAt, now).SetProperty(g => g.EndReason, EndReasons.Revoked), cancellationToken);
            endings.AddRange(EndedKinds.Grant, ids);
            audit.Add(new AuditEntry("grant.revokeAll", account.ToString(), account.ToString(), Details: new { clientId, ended = ids.Count }));
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return LocalRedirect("/account/applications");
    }

    /// <summary>Takes a consent back: the application stays signed in and learns nothing more.</summary>
    public async Task<IActionResult> OnPostConsentAsync(Guid id, CancellationToken cancellationToken)
    {
        await consents.EndAsync(User.AccountId()!.Value, id, cancellationToken);
        return LocalRedirect("/account/applications");
    }

    private IQueryable<Grant> Live()
    {
        var (account, now, used) = (User.AccountId(), time.GetUtcNow(), sessions.IdleSince(User.Kind()));
        return database.Grants.AsNoTracking()
            .Where(g => g.EndedAt == null && g.Session!.AccountId == account && g.Session.EndedAt == null && g.Session.ExpiresAt > now && g.Session.LastSeenAt >= used);
    }
}
