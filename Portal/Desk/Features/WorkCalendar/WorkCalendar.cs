using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Yinxin.Desk.Features.WorkCalendar;

/// <summary>
/// Working days by the State Council's yearly notices (holidays and swapped working days). A year without a notice yet gets weekends
/// and the fixed statutory days, and is called provisional wherever a date of it is shown.
/// </summary>
internal sealed class WorkCalendar
{
    private readonly FrozenSet<DateOnly> holidays;
    private readonly FrozenSet<DateOnly> workdays;
    private readonly int lastOfficialYear;

    public WorkCalendar()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("holidays.json") ?? throw new FileNotFoundException("The calendar of working days is missing.");
        using var document = JsonDocument.Parse(stream);
        holidays = Days(document, "holidays");
        workdays = Days(document, "workdays");
        lastOfficialYear = holidays.Max(d => d.Year);
    }

    public bool IsProvisional(DateOnly day) => day.Year > lastOfficialYear;

    public bool IsWorkingDay(DateOnly day)
    {
        if (!IsProvisional(day))
        {
            return workdays.Contains(day) || (!holidays.Contains(day) && !IsWeekend(day));
        }

        var fixedHoliday = (day.Month, day.Day) is (1, 1) or (5, 1) or (5, 2) or (10, 1) or (10, 2) or (10, 3);
        return !fixedHoliday && !IsWeekend(day);
    }

    /// <summary>The last day of a limit in working days: day 0 is the day of the event (Civil Code art. 201).</summary>
    public DateOnly AddWorkingDays(DateOnly start, int days)
    {
        var day = start;
        for (var counted = 0; counted < days;)
        {
            day = day.AddDays(1);
            counted += IsWorkingDay(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>The last day of a limit in calendar days; a rest day moves it to the next working day (art. 203).</summary>
    public DateOnly AddCalendarDays(DateOnly start, int days)
    {
        var day = start.AddDays(days);
        while (!IsWorkingDay(day))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static FrozenSet<DateOnly> Days(JsonDocument document, string kind) =>
        document.RootElement.GetProperty(kind).EnumerateObject().Select(p => DateOnly.ParseExact(p.Name, "yyyy-MM-dd", CultureInfo.InvariantCulture)).ToFrozenSet();
}
