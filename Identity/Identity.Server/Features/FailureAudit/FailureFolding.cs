using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.FailureAudit;

/// <summary>
/// Writes the failed sign-ins of a span into the audit: one record for each official, for each person with many or with a block, and one for all. After the fact and from the sign-in
/// log, so that a wrong password costs the same for an official, a person and nobody, and a flood costs the audit's turn nothing.
/// </summary>
internal sealed class FailureFolding(IdentityContext database, IAuditTrail audit, IOptions<FailureAuditSettings> settings, TimeProvider time)
{
    private const int NamedAddresses = 5;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FarthestBack = TimeSpan.FromDays(1);

    private TimeSpan Span => TimeSpan.FromMinutes(settings.Value.Minutes);

    /// <summary>All spans that have ended since the last one written.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = await database.FailureFolds.AsNoTracking().OrderByDescending(f => f.Start).FirstOrDefaultAsync(cancellationToken);
        var next = last is null ? Floor(now) - Span : last.Until ?? last.Start + Span;
        for (var start = next < now - FarthestBack ? Floor(now - FarthestBack) : next; start + Span + Late <= now; start += Span)
        {
            await FoldAsync(start, cancellationToken);
        }
    }

    private async Task FoldAsync(DateTimeOffset start, CancellationToken cancellationToken)
    {
        // Read before the audit's turn: the span is over and changes no more, and nobody who writes into the audit waits for hundreds of queries.
        var until = start + Span;
        var entries = await ReadAsync(start, until, cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await database.Database.ExecuteSqlAsync(
            $"""INSERT INTO "FailureFolds" ("Start", "Until") VALUES ({start.UtcDateTime}, {until.UtcDateTime}) ON CONFLICT ("Start") DO NOTHING""", cancellationToken) == 0)
        {
            return;
        }

        entries.ForEach(audit.Add);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<List<AuditEntry>> ReadAsync(DateTimeOffset start, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>();
        var failures = database.SignInRecords.AsNoTracking().Where(r => r.At >= start && r.At < until && r.Result != SignInHistory.Ok);
        var officials = await OfAsync(failures.Where(r => database.StaffMembers.Any(s => s.Id == r.AccountId)), 1, cancellationToken);
        var persons = await OfAsync(failures.Where(r => database.Persons.Any(p => p.Id == r.AccountId)), settings.Value.FailuresOfPerson, cancellationToken);
        foreach (var (account, count, blocked) in officials.Concat(persons))
        {
            var addresses = await failures.Where(r => r.AccountId == account).GroupBy(r => r.AddressMasked)
                .Select(g => new { Address = g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).Take(NamedAddresses)
                .ToDictionaryAsync(g => g.Address, g => g.Count, cancellationToken);
            entries.Add(Entry(
                blocked > 0 ? "signIn.blocked" : "signIn.failures", account.ToString(), new { from = start, until, count, official = officials.Exists(o => o.Account == account), addresses },
                blocked > 0 ? "identity.signIn.mustWait" : "identity.signIn.refused"));
        }

        if (await OfAllAsync(failures, start, until, cancellationToken) is { } all)
        {
            entries.Add(all);
        }

        return entries;
    }

    private async Task<List<(Guid Account, int Count, int Blocked)>> OfAsync(IQueryable<SignInRecord> failures, int least, CancellationToken cancellationToken)
    {
        var found = await failures.GroupBy(r => r.AccountId)
            .Select(g => new { Account = g.Key, Count = g.Count(r => r.Result != SignInHistory.Blocked), Blocked = g.Count(r => r.Result == SignInHistory.Blocked) })
            .Where(g => g.Count >= least || g.Blocked > 0)
            .OrderByDescending(g => g.Blocked).ThenByDescending(g => g.Count).ThenBy(g => g.Account)
            .Take(settings.Value.MostAccounts)
            .ToListAsync(cancellationToken);
        return found.ConvertAll(f => (f.Account, f.Count, f.Blocked));
    }

    private static async Task<AuditEntry?> OfAllAsync(IQueryable<SignInRecord> failures, DateTimeOffset start, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var count = await failures.CountAsync(r => r.Result != SignInHistory.Blocked, cancellationToken);
        if (count == 0)
        {
            return null;
        }

        var blocked = await failures.CountAsync(r => r.Result == SignInHistory.Blocked, cancellationToken);
        var accounts = await failures.Where(r => r.AccountId != Guid.Empty).Select(r => r.AccountId).Distinct().CountAsync(cancellationToken);
        var withoutAccount = await failures.CountAsync(r => r.AccountId == Guid.Empty && r.Result != SignInHistory.Blocked, cancellationToken);
        return Entry("signIn.failuresInAll", subject: null, new { from = start, until, count, accounts, withoutAccount, blocked }, "identity.signIn.refused");
    }

    private static AuditEntry Entry(string action, string? subject, object details, string result) =>
        new(action, subject, ActorId: null, Details: details, Result: result) { Origin = (null, null) };

    private DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % Span.Ticks), TimeSpan.Zero);
}
