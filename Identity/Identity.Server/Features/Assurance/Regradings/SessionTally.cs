using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Assurance.Regradings;

/// <summary>Counts the live sessions that another policy would raise or lower, with the accounts of a batch: by one indexed read of their sessions, and one more where some of them act for organisations.</summary>
internal sealed class SessionTally(IdentityContext database, IOptions<SessionSettings> settings)
{
    /// <param name="changes">What was counted so far.</param>
    /// <param name="inForce">The policy of now.</param>
    /// <param name="tried">The one that is proposed.</param>
    /// <param name="levels">Persons with their levels now and then.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SessionChanges> AddPersonsAsync(
        SessionChanges changes, AssurancePolicy inForce, AssurancePolicy tried, IReadOnlyDictionary<Guid, (AssuranceLevel Was, AssuranceLevel Level)> levels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accounts = levels.Keys.ToList();
        var live = await Live(AccountKind.Person, now).Where(s => accounts.Contains(s.AccountId))
            .Select(s => new LiveSession(s.AccountId, s.Methods, s.ActingForId, s.ActingMandateId)).ToListAsync(cancellationToken);
        var organisations = live.Where(s => s.ActingForId is not null).Select(s => s.ActingForId!.Value).Distinct().ToList();
        var evidence = organisations.Count == 0 ? Enumerable.Empty<Evidence>().ToLookup(e => e.SubjectId)
            : (await database.Evidence.Where(e => organisations.Contains(e.SubjectId)).ThatMayCount().WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        foreach (var session in live)
        {
            var records = session.ActingForId is { } organisation ? evidence[organisation] : null;
            var (was, level) = levels[session.AccountId];
            changes = Add(
                changes, MovedLines(inForce, tried, session), session.ActingMandateId is not null ? changes.AgentCap : null, official: null,
                LevelOf(inForce, was, session, records is null ? null : inForce.OfOrganisation(records, now)),
                LevelOf(tried, level, session, records is null ? null : tried.OfOrganisation(records, now)));
        }

        return changes;
    }

    /// <summary>Officials have no evidence and are in no batch: all of them at once, with the first.</summary>
    public async Task<SessionChanges> AddOfficialsAsync(SessionChanges changes, AssurancePolicy inForce, AssurancePolicy tried, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await foreach (var session in Live(AccountKind.Staff, now).Select(s => new LiveSession(s.AccountId, s.Methods, s.ActingForId, s.ActingMandateId)).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            changes = Add(
                changes, MovedLines(inForce, tried, session), cap: null, changes.Staff,
                inForce.OfSession(inForce.Staff, session.Methods, organisation: null), tried.OfSession(tried.Staff, session.Methods, organisation: null));
        }

        return changes;
    }

    private static AssuranceLevel LevelOf(AssurancePolicy policy, AssuranceLevel account, LiveSession session, AssuranceLevel? organisation)
    {
        var level = policy.OfSession(account, session.Methods, organisation);
        return session.ActingMandateId is not null && policy.AgentCap < level ? policy.AgentCap : level;
    }

    /// <summary>What was shown, where the sign-in table would judge it otherwise; else nothing.</summary>
    private static List<string> MovedLines(AssurancePolicy inForce, AssurancePolicy tried, LiveSession session) =>
        inForce.OfSignIn(session.Methods) == tried.OfSignIn(session.Methods) ? [] : session.Methods;

    private static SessionChanges Add(
        SessionChanges changes, List<string> shown, SessionChanges.Bound? cap, SessionChanges.Bound? official, AssuranceLevel was, AssuranceLevel level) => was == level ? changes : changes with
        {
            Raised = changes.Raised + (level > was ? 1 : 0),
            Lowered = changes.Lowered + (level < was ? 1 : 0),
            SignIn = [.. changes.SignIn.Select(line => line.Methods.All(shown.Contains) ? line with { Sessions = line.Sessions + 1 } : line)],
            AgentCap = cap is null ? changes.AgentCap : cap with { Sessions = cap.Sessions + 1 },
            Staff = official is null ? changes.Staff : official with { Sessions = official.Sessions + 1 },
        };

    /// <summary>As their owners' lists show them.</summary>
    private IQueryable<Session> Live(AccountKind kind, DateTimeOffset now)
    {
        var used = now - settings.Value.Idle(kind) - SessionSettings.Unseen;
        return database.Sessions.AsNoTracking().Where(
            s => s.EndedAt == null && s.ExpiresAt > now && s.LastSeenAt >= used && s.Account!.Kind == kind && s.Account.ClosedAt == null && s.Account.FrozenAt == null);
    }

    private sealed record LiveSession(Guid AccountId, List<string> Methods, Guid? ActingForId, Guid? ActingMandateId);
}
