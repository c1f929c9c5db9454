using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.AuditSearch;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>
/// Whom an official looks up at a counter, each noted, with an account or without. Every act there tells whether a number has one; that is for the person at the window, and whoever walks through
/// numbers is made to wait: counted from what the audit holds are those for whom nothing was done within the hour.
/// </summary>
internal sealed class CounterLookups(IdentityContext database, IAuditTrail audit, IOptions<CounterSettings> settings, TimeProvider time)
{
    private const string Lookup = "counter.lookup";
    private const string Searched = "account.searched";

    /// <summary>What is done at a counter, as the audit names it: whoever had that done was there.</summary>
    private static readonly List<string> Acts =
        ["person.counter", "organisation.counter", "person.nameChanged", "account.unfreeze", "account.freezeLifted", "recovery.ticket", "dispute.opened", "dispute.answered"];

    private static readonly Problem TooMany = new(
        "identity.counter.tooManyLookups", 429, "一小时内查询后未办理业务的身份证号过多，未作查询，请稍后再试。",
        "Within an hour you have looked up too many ID numbers for which nothing was done. Nothing was looked up; please try again later.");

    /// <summary>Looks somebody up for an act, in the audit's turn: of many at once none is looked up before the others are written.</summary>
    /// <param name="official">Who asks.</param>
    /// <param name="officialName">The official's name.</param>
    /// <param name="find">What is looked up.</param>
    /// <param name="subject">Its key, as the act's record will name it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The brake.</exception>
    public async Task<T?> FindAsync<T>(string official, string officialName, Func<Task<T?>> find, Func<T, Guid> subject, CancellationToken cancellationToken)
        where T : class
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await CheckAsync(official, officialName, cancellationToken);
        var found = await find();
        audit.Add(new AuditEntry(Lookup, found is null ? null : subject(found).ToString(), official, officialName, Result: found is null ? "identity.counter.none" : "ok"));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return found;
    }

    /// <summary>Refuses where there were too many, and notes it. The caller holds the audit's turn in a transaction of its own, of which that note is then all that is left.</summary>
    /// <exception cref="ProblemException">The brake.</exception>
    public async Task CheckAsync(string official, string officialName, CancellationToken cancellationToken)
    {
        if (await CountAsync(official, cancellationToken) < settings.Value.LookupsPerHour)
        {
            return;
        }

        audit.Add(new AuditEntry("counter.tooManyLookups", SubjectId: null, official, officialName, Result: TooMany.Code));
        await database.SaveChangesAsync(cancellationToken);
        await database.Database.CommitTransactionAsync(CancellationToken.None);
        throw TooMany.Exception(TimeSpan.FromHours(1));
    }

    private async Task<int> CountAsync(string official, CancellationToken cancellationToken)
    {
        var records = await AuditSpan.WithinHourAsync(database, time.GetUtcNow(), cancellationToken);
        var own = await records
            .Where(r => r.ActorId == official)
            .Where(r => r.Action == Lookup || (r.Result == "ok" && (r.Action == Searched || Acts.Contains(r.Action))))
            .Select(r => new { r.Action, r.SubjectId }).ToListAsync(cancellationToken);
        var done = own.Where(r => Acts.Contains(r.Action, StringComparer.Ordinal)).Select(r => r.SubjectId).ToHashSet(StringComparer.Ordinal);
        var left = own.Where(r => r.Action is Lookup or Searched && r.SubjectId is not null && !done.Contains(r.SubjectId)).Select(r => r.SubjectId).Distinct(StringComparer.Ordinal).Count();

        // Which number it was that nobody has is not kept: each of them counts.
        return left + own.Count(r => r.Action == Lookup && r.SubjectId is null);
    }
}
