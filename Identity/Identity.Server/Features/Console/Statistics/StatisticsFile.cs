using System.Globalization;
using System.Security.Claims;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary><c>GET /console/statistics.csv</c>: the page's two tables for a spreadsheet.</summary>
internal static class StatisticsFile
{
    private static readonly Problem Bad = new("console.statistics.query", 422, "查询条件不正确。", "The query is not valid.");

    public static void Map(WebApplication app) => app.MapGet("/console/statistics.csv", HandleAsync).AddEndpointFilter<NoteDenials>().RequireAuthorization();

    private static async Task<IResult> HandleAsync(
        string? table, SubjectKind? kind, string? city, int? days, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, TimeProvider time, CancellationToken cancellationToken)
    {
        await officials.RequireAsync(user, cancellationToken, [.. ConsoleRights.Enter]);
        city = string.IsNullOrEmpty(city) ? null : city;
        if (table is not ("cities" or "days") || !Enum.IsDefined(kind ?? SubjectKind.Person) || !ShowStatisticsModel.Periods.Contains(days ?? 30) || (city is not null && !Cities.IsCity(city)))
        {
            throw Bad.Exception();
        }

        var figures = await LevelFigures.ReadAsync(database, kind ?? SubjectKind.Person, city, LevelCounting.DayOf(time.GetUtcNow()), days ?? 30, cancellationToken);
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        await using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape }))
        {
            var rows = table == "cities"
                ? figures.Cities.Select(c => (c.City, c.Primary, c.Intermediate))
                : figures.Days.Select(d => (d.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Primary, d.Intermediate));
            foreach (var heading in (string[])[table == "cities" ? "city" : "day", "primary", "intermediate"])
            {
                csv.WriteField(heading);
            }

            foreach (var (key, primary, intermediate) in rows)
            {
                await csv.NextRecordAsync();
                csv.WriteField(key);
                csv.WriteField(primary);
                csv.WriteField(intermediate);
            }

            await csv.NextRecordAsync();
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", $"levels-{table}.csv");
    }
}
