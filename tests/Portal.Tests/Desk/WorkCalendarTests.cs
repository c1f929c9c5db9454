using System.Globalization;
using Xunit;
using Yinxin.Desk.Features.WorkCalendar;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>The arithmetic of time limits, by the published calendar of 2017 (1–8 October off, 30 September worked).</summary>
public sealed class WorkCalendarTests
{
    private readonly WorkCalendar calendar = new();

    [Theory]
    [InlineData("2017-09-27", 5, "2017-10-10")]
    [InlineData("2017-09-29", 1, "2017-09-30")]
    [InlineData("2017-09-30", 1, "2017-10-09")]
    [InlineData("2017-11-01", 20, "2017-11-29")]
    [InlineData("2017-11-04", 5, "2017-11-10")]
    [InlineData("2017-11-29", 10, "2017-12-13")]
    public void Working_days(string start, int days, string due) => Assert.Equal(Day(due), calendar.AddWorkingDays(Day(start), days));

    [Fact]
    public void A_calendar_limit_that_ends_on_a_rest_day_moves_on() => Assert.Equal(Day("2017-10-09"), calendar.AddCalendarDays(Day("2017-09-25"), 7));

    [Fact]
    public void Swapped_days_of_2026_follow_the_notice()
    {
        Assert.True(calendar.IsWorkingDay(Day("2026-02-14")));
        Assert.False(calendar.IsWorkingDay(Day("2026-10-05")));
    }

    [Fact]
    public void A_year_without_a_notice_is_called_provisional() => Assert.True(calendar.IsProvisional(Day("2040-01-04")));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
