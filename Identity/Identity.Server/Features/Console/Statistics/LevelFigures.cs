using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>Subjects of each level at the end of a day.</summary>
internal sealed record LevelsOfDay(DateOnly Day, long Primary, long Intermediate);

/// <summary>Subjects of each level in a city now.</summary>
internal sealed record LevelsOfCity(string City, long Primary, long Intermediate);

/// <summary>Reads what was counted: rows by cities and days, however many accounts there are.</summary>
internal sealed record LevelFigures(IReadOnlyList<LevelsOfCity> Cities, IReadOnlyList<LevelsOfDay> Days)
{
    /// <param name="database">Holds the counts.</param>
    /// <param name="kind">Persons or organisations.</param>
    /// <param name="city">One city for the days; null: all.</param>
    /// <param name="today">The last day.</param>
    /// <param name="days">How many days.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<LevelFigures> ReadAsync(IdentityContext database, SubjectKind kind, string? city, DateOnly today, int days, CancellationToken cancellationToken)
    {
        var totals = await database.LevelTotals.AsNoTracking().Where(t => t.Kind == kind).ToListAsync(cancellationToken);
        var first = today.AddDays(1 - days);
        var changes = await database.LevelDays.AsNoTracking().Where(d => d.Kind == kind && d.Day >= first && (city == null || d.City == city))
            .GroupBy(d => new { d.Day, d.Level }).Select(g => new { g.Key.Day, g.Key.Level, Change = g.Sum(d => d.Change) }).ToListAsync(cancellationToken);
        var cities = totals.GroupBy(t => t.City).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new LevelsOfCity(g.Key, Count(g, AssuranceLevel.Primary), Count(g, AssuranceLevel.Intermediate))).ToList();

        // Backwards from now: what changed after a day is taken off again.
        var (primary, intermediate) = (cities.Where(InCity).Sum(c => c.Primary), cities.Where(InCity).Sum(c => c.Intermediate));
        List<LevelsOfDay> series = [];
        for (var day = today; day >= first; day = day.AddDays(-1))
        {
            series.Add(new LevelsOfDay(day, primary, intermediate));
            primary -= changes.Where(c => c.Day == day && c.Level == AssuranceLevel.Primary).Sum(c => c.Change);
            intermediate -= changes.Where(c => c.Day == day && c.Level == AssuranceLevel.Intermediate).Sum(c => c.Change);
        }

        series.Reverse();
        return new LevelFigures(cities, series);

        bool InCity(LevelsOfCity c) => city is null || c.City == city;
        static long Count(IEnumerable<LevelTotal> rows, AssuranceLevel level) => rows.Where(r => r.Level == level).Sum(r => r.Count);
    }
}
