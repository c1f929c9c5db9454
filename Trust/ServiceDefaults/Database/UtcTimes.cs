using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Yinxin.ServiceDefaults.Database;

/// <summary>Times are UTC in storage, and both engines order them alike (SQLite cannot order <see cref="DateTimeOffset"/> as it stands).</summary>
public static class UtcTimes
{
    /// <summary>Call in <c>ConfigureConventions</c>.</summary>
    public static void UseUtcTimes(this ModelConfigurationBuilder configuration) =>
        configuration.Properties<DateTimeOffset>().HaveConversion<Converter>();

    private sealed class Converter() : ValueConverter<DateTimeOffset, DateTime>(
        time => time.UtcDateTime, time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));
}
