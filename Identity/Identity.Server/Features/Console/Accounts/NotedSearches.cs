using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.AuditSearch;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>Which page an official searches from.</summary>
internal enum SearchPlace
{
    Office,

    /// <summary>Where the person stands at the window.</summary>
    Counter,

    /// <summary>The list of disputes, in which a dispute is found by the ID number of the account.</summary>
    Disputes,
}

/// <summary>
/// Searches of one official, each noted. A masked number leaves few digits open, and whole numbers tell who has an account: so whoever tries many that nobody has is made to wait,
/// counted from what the audit holds. So is whoever tries many names: a masked one leaves few open.
/// </summary>
internal sealed class NotedSearches(IdentityContext database, AccountSearch search, CounterLookups lookups, IAuditTrail audit, IOptions<SearchSettings> settings, TimeProvider time)
{
    private const string Action = "account.searched";

    /// <summary>As the audit's details have it.</summary>
    private const string ByName = "\"by\":\"Name\"";

    private static readonly Problem TooMany = new(
        "console.search.limit", 429, "一小时内按号码查找无结果的次数已达上限，未作查找，请稍后再试。", "Too many of your searches by a number found nobody within an hour. Nothing was searched; please try again later.");

    private static readonly Problem TooManyNames = new(
        "console.search.nameLimit", 429, "一小时内按姓名查找的次数已达上限，未作查找，请核对证件后按身份证号查找，或稍后再试。",
        "You have searched by names too often within an hour. Nothing was searched; please search by the ID number on the paper, or try again later.");

    /// <param name="official">Who asks.</param>
    /// <param name="place">Where.</param>
    /// <param name="by">What is searched by.</param>
    /// <param name="text">The whole value.</param>
    /// <param name="after">The last account of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A page, and the key after which the next begins.</returns>
    /// <exception cref="ProblemException">The brake.</exception>
    public async Task<(IReadOnlyList<MaskedAccount> Items, Guid? Next)> FindAsync(
        ConsoleOfficial official, SearchPlace place, SearchBy by, string text, Guid? after, CancellationToken cancellationToken)
    {
        if (by is not (SearchBy.IdNumber or SearchBy.Phone or SearchBy.Name))
        {
            var listed = await search.FindAsync(by, text, after, cancellationToken);
            Note(official, place, by, listed.Items, "ok");
            await database.SaveChangesAsync(cancellationToken);
            return listed;
        }

        // In the audit's turn: of many searches at once none is made before the others are written.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await RefusalAsync(official.Id, place, by, cancellationToken) is { } refusal)
        {
            Note(official, place, by, [], refusal.Code);
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            throw refusal.Exception(TimeSpan.FromHours(1));
        }

        if (by != SearchBy.Name && (place == SearchPlace.Counter || official.Holds(ConsoleRights.WorkAtCounter)))
        {
            // Found tells as much as not found, and whoever works at a counter knows the other page too.
            await lookups.CheckAsync(official.Id.ToString(), official.Name, cancellationToken);
        }

        var found = await search.FindAsync(by, text, after, cancellationToken);
        Note(official, place, by, found.Items, found.Items.Count == 0 && by != SearchBy.Name ? Nothing(place) : "ok");
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return found;
    }

    /// <summary>As the audit has it where a number was nobody's.</summary>
    private static string Nothing(SearchPlace place) => place == SearchPlace.Counter ? "console.counter.none" : "console.search.none";

    private int Most(SearchPlace place) => place == SearchPlace.Counter ? settings.Value.MissesPerHourAtCounter : settings.Value.MissesPerHour;

    /// <summary>What is said where there were too many; null where there were not. Refused ones do not count.</summary>
    private async Task<Problem?> RefusalAsync(Guid official, SearchPlace place, SearchBy by, CancellationToken cancellationToken)
    {
        var (actor, nothing) = (official.ToString(), Nothing(place));
        var own = (await AuditSpan.WithinHourAsync(database, time.GetUtcNow(), cancellationToken)).Where(r => r.ActorId == actor && r.Action == Action);
        if (by == SearchBy.Name)
        {
            return await own.CountAsync(r => r.Result == "ok" && r.Details!.Contains(ByName), cancellationToken) >= settings.Value.NamesPerHour ? TooManyNames : null;
        }

        return await own.CountAsync(r => r.Result == nothing, cancellationToken) >= Most(place) ? TooMany : null;
    }

    private void Note(ConsoleOfficial official, SearchPlace place, SearchBy by, IReadOnlyList<MaskedAccount> items, string result) => audit.Add(new AuditEntry(
        Action, items is [var only] ? only.Id.ToString() : null, official.Id.ToString(), official.Name,
        new { by = by.ToString(), found = items.Count, at = place == SearchPlace.Office ? null : place == SearchPlace.Counter ? "counter" : "disputes" }, result));
}
