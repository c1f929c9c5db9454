using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>Levels by city and by day: a table, and a chart that the server draws.</summary>
internal sealed class ShowStatisticsModel(IdentityContext database, TimeProvider time) : ConsolePage
{
    public static readonly IReadOnlyList<int> Periods = [30, 90, 365];

    [BindProperty(SupportsGet = true)]
    public SubjectKind Kind { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? City { get; set; }

    [BindProperty(SupportsGet = true)]
    public int Days { get; set; } = 30;

    public LevelFigures Figures { get; private set; } = new([], []);

    protected override IReadOnlyList<string> Readers => ConsoleRights.Enter;

    public Dictionary<string, string> KindChoices(ITexts texts) => new(StringComparer.Ordinal)
    {
        [nameof(SubjectKind.Person)] = texts.Of("自然人", "Persons"),
        [nameof(SubjectKind.Organisation)] = texts.Of("组织", "Organisations"),
    };

    public Dictionary<string, string> CityChoices(ITexts texts) =>
        Figures.Cities.Select(c => c.City).Prepend("").ToDictionary(c => c, c => c.Length == 0 ? texts.Of("全部", "All") : Cities.Name(texts, c), StringComparer.Ordinal);

    public Dictionary<string, string> DayChoices(ITexts texts) => Periods.ToDictionary(d => d.ToString(CultureInfo.InvariantCulture), d => texts.Of($"{d} 天", $"{d} days"), StringComparer.Ordinal);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        City = string.IsNullOrEmpty(City) ? null : City;
        if (!ModelState.IsValid || !Enum.IsDefined(Kind) || !Periods.Contains(Days) || (City is not null && !Cities.IsCity(City)))
        {
            return BadRequest();
        }

        Figures = await LevelFigures.ReadAsync(database, Kind, City, LevelCounting.DayOf(time.GetUtcNow()), Days, cancellationToken);
        return Page();
    }
}
