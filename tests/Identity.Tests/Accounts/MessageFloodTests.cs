using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>The operators hear of a flood once a minute, not once for each code.</summary>
public sealed class MessageFloodTests
{
    [Fact]
    public void A_flood_is_logged_once_a_minute_and_names_nobody()
    {
        var (time, ear) = (new ShiftedTime(), new Ear());
        var flood = new MessageFlood(ear, time);
        for (var i = 0; i < 100; i++)
        {
            flood.Note(3000);
        }

        Assert.Contains("3000 a minute", Assert.Single(ear.Heard), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(61));
        flood.Note(3000);
        flood.Note(3000);
        Assert.Equal(2, ear.Heard.Count);
    }

    private sealed class Ear : ILogger<MessageFlood>
    {
        public List<string> Heard { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Heard.Add(formatter(state, exception));
    }
}
