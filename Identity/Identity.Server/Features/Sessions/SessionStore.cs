using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.History;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>Begins, finds, turns and ends sessions. Everything that ends a session ends the tokens made in it: they are renewed only while it lives.</summary>
internal sealed class SessionStore(
    IdentityContext database, ActingChoices acting, EndingsLog endings, SignInHistory history, IAuditTrail audit, IOptions<SessionSettings> settings, TimeProvider time)
{
    private static readonly TimeSpan TouchInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Begins a session after the person has proved who they are. The browser's former session ends, and the new one has a new
    /// identifier, so that one planted beforehand is worth nothing.
    /// </summary>
    /// <param name="context">The request that proved it; receives the cookie.</param>
    /// <param name="account">Who signed in, with the security stamp of when it was proved.</param>
    /// <param name="methods">RFC 8176 values of what was proved.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="provedAt">When, if it was proved elsewhere some time ago (by the phone that vouches for this browser); null: now.</param>
    /// <param name="until">Its end, if it goes on with a former session of which nothing was proved anew; null: a whole life.</param>
    public async Task<Session> BeginAsync(
        HttpContext context, Account account, IReadOnlyList<string> methods, CancellationToken cancellationToken, DateTimeOffset? provedAt = null, DateTimeOffset? until = null)
    {
        var now = time.GetUtcNow();
        if (context.User.SessionId() is { } former)
        {
            await EndAsync(former, EndReasons.Replaced, cancellationToken);
        }

        var mayChoose = account.Kind == AccountKind.Person && await acting.AnyAsync(account.Id, cancellationToken);
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            Stamp = Guid.NewGuid(),
            CreatedAt = now,
            LastSeenAt = now,
            AuthenticatedAt = provedAt is { } proved && proved < now ? proved : now,
            Methods = [.. methods],
            ActingChosen = !mayChoose,
            Device = DeviceName.From(context.Request.Headers.UserAgent.ToString()),
            ExpiresAt = until ?? (now + settings.Value.Life(account.Kind)),
        };
        database.Sessions.Add(session);
        await history.AddSuccessAsync(context, account, methods, cancellationToken);
        Note("session.begin", account.Id, account.Id, session.Id, new { methods });
        await database.SaveChangesAsync(cancellationToken);
        // What was shown was compared a moment ago, and while a hash was computed the password may have been changed, a lost factor reset or the account frozen. Who does that ends the sessions that are there; this one looks
        // once it is there: one of the two sees the other.
        if (!await database.Users.AnyAsync(a => a.Id == account.Id && a.SecurityStamp == account.SecurityStamp && a.FrozenAt == null && a.ClosedAt == null, cancellationToken))
        {
            await EndAsync(session.Id, EndReasons.Replaced, cancellationToken);
        }

        await WriteCookieAsync(context, session, account.Kind);
        return session;
    }

    /// <summary>The session, its account and the organisation acted for, if it still lives.</summary>
    /// <param name="id">Its key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="stamp">The cookie's: of an older cookie the session is neither found nor kept awake. Null: whoever asks has been let in.</param>
    /// <param name="touches">Whether this counts as use; not what a page's script asks by itself.</param>
    public async Task<Session?> FindLiveAsync(Guid id, CancellationToken cancellationToken, string? stamp = null, bool touches = true)
    {
        var session = await database.Sessions.AsNoTracking()
            .Include(s => s.ActingFor)
            .Include(s => s.Account!.Person)
            .Include(s => s.Account!.StaffMember)
            .FirstOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (session is null || !IsLive(session) || (stamp is not null && stamp != session.Stamp.ToString()))
        {
            return null;
        }

        if (session.ActingForId is { } organisation && !await acting.StandsAsync(session.AccountId, organisation, session.ActingMandateId, cancellationToken))
        {
            await StopActingAsync(session, cancellationToken);
        }

        if (touches)
        {
            await TouchAsync(session, cancellationToken);
        }

        return session;
    }

    /// <summary>One rule for the cookie, refresh, introspection and userinfo. What lay unused for too long is dead, although nobody has ended it.</summary>
    /// <param name="session">With its account.</param>
    /// <param name="unseen">For how long it may have been in use without our seeing it: an app comes only when its access token ends.</param>
    public bool IsLive(Session session, TimeSpan unseen = default)
    {
        var now = time.GetUtcNow();
        return session.EndedAt is null && session.ExpiresAt > now && session.Account is { ClosedAt: null, FrozenAt: null } account &&
            now - session.LastSeenAt <= settings.Value.Idle(account.Kind) + unseen &&
            (account.PasswordChangedAt is null || account.PasswordChangedAt <= session.CreatedAt);
    }

    /// <summary>Since when a session must have been in use to live, be it by an app alone, for lists of an account's own; <see cref="IsLive"/> judges.</summary>
    public DateTimeOffset IdleSince(AccountKind kind) => time.GetUtcNow() - settings.Value.Idle(kind) - SessionSettings.Unseen;

    /// <summary>The person is at work, here or in an app that renews its tokens; written at most once a minute.</summary>
    public async Task TouchAsync(Session session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - session.LastSeenAt >= TouchInterval)
        {
            // Of many requests at once one writes.
            var before = now - TouchInterval;
            await database.Sessions.Where(s => s.Id == session.Id && s.LastSeenAt <= before).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now), cancellationToken);
        }
    }

    /// <summary>Sets for whom the person acts from now on, as an agent under a mandate or as legal representative; the cookie's stamp changes, tokens made before keep the old choice.</summary>
    public async Task ActForAsync(HttpContext context, Session session, Guid? organisationId, Guid? mandateId, CancellationToken cancellationToken)
    {
        var stamp = Guid.NewGuid();
        await database.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.ActingForId, organisationId).SetProperty(x => x.ActingMandateId, mandateId).SetProperty(x => x.ActingChosen, true).SetProperty(x => x.Stamp, stamp),
            cancellationToken);
        Note("session.actFor", organisationId ?? session.AccountId, session.AccountId, session.Id, new { mandateId });
        await database.SaveChangesAsync(cancellationToken);
        session.Stamp = stamp;
        await WriteCookieAsync(context, session, session.Account!.Kind);
    }

    /// <summary>Call after new evidence was proved in this session: a new stamp. A further factor goes through <see cref="StrengthenAsync"/>.</summary>
    public async Task RaiseAsync(HttpContext context, Guid sessionId, CancellationToken cancellationToken)
    {
        var session = await database.Sessions.Include(s => s.Account).FirstAsync(s => s.Id == sessionId, cancellationToken);
        session.Stamp = Guid.NewGuid();
        await database.SaveChangesAsync(cancellationToken);
        await WriteCookieAsync(context, session, session.Account!.Kind);
    }

    /// <summary>
    /// The door for a further factor proved within a session (second factor, passkey, presence): adds its RFC 8176 values, counts as a proof of this moment
    /// (<c>auth_time</c>), and changes the stamp, so that an older cookie is worthless.
    /// </summary>
    /// <param name="context">The request that proved it; receives the new cookie.</param>
    /// <param name="sessionId">The session of that request.</param>
    /// <param name="methods">What was proved, e.g. <c>otp</c> and <c>mfa</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="provedAt">When, if it was proved elsewhere a moment ago; null: now.</param>
    public async Task StrengthenAsync(HttpContext context, Guid sessionId, IReadOnlyList<string> methods, CancellationToken cancellationToken, DateTimeOffset? provedAt = null)
    {
        var session = await database.Sessions.Include(s => s.Account).FirstAsync(s => s.Id == sessionId, cancellationToken);
        session.Stamp = Guid.NewGuid();
        session.Methods = [.. session.Methods.Union(methods, StringComparer.Ordinal)];
        var proved = provedAt ?? time.GetUtcNow();
        session.AuthenticatedAt = proved > session.AuthenticatedAt ? proved : session.AuthenticatedAt;
        Note("session.strengthen", session.AccountId, session.AccountId, session.Id, new { methods });
        await database.SaveChangesAsync(cancellationToken);
        await WriteCookieAsync(context, session, session.Account!.Kind);
    }

    /// <summary>Whether the person proved themselves in this session within the time before now; what changes the account asks for that.</summary>
    public async Task<bool> IsRecentAsync(ClaimsPrincipal user, TimeSpan within, CancellationToken cancellationToken) =>
        user.SessionId() is { } id && await FindLiveAsync(id, cancellationToken) is { } session && time.GetUtcNow() - session.AuthenticatedAt <= within;

    public async Task EndAsync(Guid id, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await EndWhereAsync(database.Sessions.Where(s => s.Id == id), reason, cancellationToken) > 0)
        {
            var owner = await database.Sessions.Where(s => s.Id == id).Select(s => (Guid?)s.AccountId).FirstAsync(cancellationToken);
            Note("session.end", owner, owner, id, new { reason });
            await database.SaveChangesAsync(cancellationToken);
        }

        await CommitAsync(transaction);
    }

    /// <summary>Ends all sessions of an account, all but one when <paramref name="except"/> is given.</summary>
    public async Task EndAllAsync(Guid accountId, string reason, Guid? except, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var ended = await EndWhereAsync(database.Sessions.Where(s => s.AccountId == accountId && s.Id != (except ?? Guid.Empty)), reason, cancellationToken);
        Note("session.endAll", accountId, accountId, session: null, new { reason, ended });
        await database.SaveChangesAsync(cancellationToken);
        await CommitAsync(transaction);
    }

    private void Note(string action, Guid? subject, Guid? actor, Guid? session, object? details = null) =>
        audit.Add(new AuditEntry(action, subject?.ToString(), actor?.ToString(), Details: new { session, details }));

    private async Task<int> EndWhereAsync(IQueryable<Session> sessions, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var living = sessions.Where(s => s.EndedAt == null);
        endings.AddRange(EndedKinds.Session, await living.Where(s => s.ExpiresAt > now).Select(s => s.Id).ToListAsync(cancellationToken));
        return await living.ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, now).SetProperty(x => x.EndReason, reason), cancellationToken);
    }

    /// <summary>The mandate ended, or is not believed any more, while the person stayed signed in: they are asked anew for whom they act.</summary>
    public async Task StopActingAsync(Session session, CancellationToken cancellationToken)
    {
        await database.Sessions.Where(s => s.Id == session.Id && s.ActingForId == session.ActingForId && s.ActingMandateId == session.ActingMandateId).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.ActingForId, (Guid?)null).SetProperty(x => x.ActingMandateId, (Guid?)null).SetProperty(x => x.ActingChosen, false), cancellationToken);
        (session.ActingForId, session.ActingFor, session.ActingMandateId, session.ActingChosen) = (null, null, null, false);
    }

    private async Task<IDbContextTransaction?> BeginTransactionAsync(CancellationToken cancellationToken) =>
        database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;

    private static Task CommitAsync(IDbContextTransaction? transaction) => transaction?.CommitAsync(CancellationToken.None) ?? Task.CompletedTask;

    private static Task WriteCookieAsync(HttpContext context, Session session, AccountKind kind)
    {
        var principal = SessionCookie.Principal(session, kind);
        context.User = principal;
        return context.SignInAsync(SessionCookie.Scheme, principal, new AuthenticationProperties { ExpiresUtc = session.ExpiresAt });
    }
}
