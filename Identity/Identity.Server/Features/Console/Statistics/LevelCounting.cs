using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>
/// Folds changes of levels into totals and days. A batch is deleted and counted in one transaction: of two nodes that took the same one, the second finds it gone
/// and counts nothing.
/// </summary>
internal sealed class LevelCounting(IdentityContext database, PersonalData personal)
{
    public const int ChangesAtOnce = 500;
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <returns>How many changes it folded; fewer than <see cref="ChangesAtOnce"/> means that none is left.</returns>
    public async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        if (!await database.LevelChanges.AnyAsync(cancellationToken))
        {
            return 0;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // It writes the city beside many grades, in no order; whoever grades many has the turn.
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var changes = await database.LevelChanges.AsNoTracking().OrderBy(c => c.Id).Take(ChangesAtOnce).ToListAsync(cancellationToken);
        var ids = changes.ConvertAll(c => c.Id);
        if (await database.LevelChanges.Where(c => ids.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken) != changes.Count)
        {
            return 0;
        }

        var cities = await CitiesAsync([.. changes.Select(c => c.SubjectId).Distinct()], cancellationToken);
        var moves = changes.SelectMany(c => new[] { (Change: c, Level: c.Was, By: -1L), (Change: c, c.Level, By: 1L) })
            .Where(m => m.Level != AssuranceLevel.None)
            .GroupBy(m => (Day: DayOf(m.Change.At), m.Change.Kind, City: cities.GetValueOrDefault(m.Change.SubjectId, Cities.Unknown), m.Level))
            .Select(g => (g.Key, By: g.Sum(m => m.By))).Where(g => g.By != 0).OrderBy(g => g.Key).ToList();
        foreach (var (key, by) in moves)
        {
            await AddAsync(key.Day, key.Kind.ToString(), key.City, key.Level.ToString(), by, cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
        return changes.Count;
    }

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Shanghai).DateTime);

    private async Task AddAsync(DateOnly day, string kind, string city, string level, long by, CancellationToken cancellationToken)
    {
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "LevelTotals" ("Kind", "City", "Level", "Count") VALUES ({kind}, {city}, {level}, {by})
            ON CONFLICT ("Kind", "City", "Level") DO UPDATE SET "Count" = "LevelTotals"."Count" + excluded."Count"
            """,
            cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "LevelDays" ("Day", "Kind", "City", "Level", "Change") VALUES ({day}, {kind}, {city}, {level}, {by})
            ON CONFLICT ("Day", "Kind", "City", "Level") DO UPDATE SET "Change" = "LevelDays"."Change" + excluded."Change"
            """,
            cancellationToken);
    }

    /// <summary>The city of each subject; found once and kept beside the grade, so that a number erased later takes nothing out of the wrong city.</summary>
    private async Task<Dictionary<Guid, string>> CitiesAsync(Guid[] subjects, CancellationToken cancellationToken)
    {
        var known = await database.Grades.AsNoTracking().Where(g => subjects.Contains(g.SubjectId) && g.City != null).ToDictionaryAsync(g => g.SubjectId, g => g.City!, cancellationToken);
        var missing = subjects.Where(s => !known.ContainsKey(s)).ToArray();
        var found = await database.Persons.AsNoTracking().Where(p => missing.Contains(p.Id)).ToDictionaryAsync(
            p => p.Id, p => CityOf(p), cancellationToken);
        foreach (var organisation in await database.Organisations.AsNoTracking().Where(o => missing.Contains(o.Id)).Select(o => new { o.Id, o.Uscc }).ToListAsync(cancellationToken))
        {
            found[organisation.Id] = Cities.OfUscc(organisation.Uscc);
        }

        foreach (var group in found.GroupBy(f => f.Value, f => f.Key))
        {
            var members = group.ToArray();
            await database.Grades.Where(g => members.Contains(g.SubjectId)).ExecuteUpdateAsync(g => g.SetProperty(x => x.City, group.Key), cancellationToken);
        }

        return known.Concat(found).ToDictionary();
    }

    private string CityOf(Person person)
    {
        try
        {
            return person.IdNumberCipher.Length == 0 ? Cities.Unknown : Cities.OfIdNumber(personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher));
        }
        catch (CryptographicException)
        {
            // The number was erased before it was ever counted; nothing else must wait for it.
            return Cities.Unknown;
        }
    }
}
