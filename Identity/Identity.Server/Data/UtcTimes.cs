using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Yinxin.Identity.Server.Data;

/// <summary>Times as UTC ticks: SQLite cannot compare times with an offset, and both engines shall sort alike.</summary>
internal static class UtcTimes
{
    public static void UseUtcTimes(this ModelConfigurationBuilder builder) =>
        builder.Properties<DateTimeOffset>().HaveConversion<Converter>();

    private sealed class Converter() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks,
        ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
