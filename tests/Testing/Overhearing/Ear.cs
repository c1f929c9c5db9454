using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Yinxin.Testing.Overhearing;

/// <summary>Hears the log of servers, as talkative as in operation and more, and every span of the process; what holds a secret is noted there, and the run fails by it at its end.</summary>
public sealed class Ear(KnownSecrets secrets) : ILoggerProvider
{
    private static readonly ActivityListener Spans = new()
    {
        ShouldListenTo = _ => true,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = span => HearSpan(KnownSecrets.OfRun, span),
    };

    private static long lines;
    private static long spans;

    /// <summary>Lets the ear of this run hear all spans from now on.</summary>
    public static void HearSpans() => ActivitySource.AddActivityListener(Spans);

    /// <summary>The verdict on all that was heard so far.</summary>
    /// <exception cref="InvalidOperationException">Something was found, or nothing was heard at all.</exception>
    public static void Judge()
    {
        var found = KnownSecrets.OfRun.Found();
        if (found.Count > 0)
        {
            throw new InvalidOperationException($"Logs or traces hold what is nobody's business:\n{string.Join('\n', found.Take(20))}");
        }

        if (KnownSecrets.OfRun.KnowsRegister && (Interlocked.Read(ref lines) == 0 || Interlocked.Read(ref spans) == 0))
        {
            throw new InvalidOperationException($"The ear is deaf: {lines} lines, {spans} spans.");
        }
    }

    /// <summary>One span with its tags and events.</summary>
    public static void HearSpan(KnownSecrets secrets, Activity span)
    {
        Interlocked.Increment(ref spans);
        var place = $"span {span.Source.Name} {span.OperationName}";
        secrets.Look(place, $"{span.DisplayName} {span.StatusDescription}");
        foreach (var (key, value) in span.TagObjects.Concat(span.Events.SelectMany(e => e.Tags)))
        {
            secrets.Look($"{place}, tag {key}", Text(value));
            secrets.LookAtValue($"{place}, tag {key}", value);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Listener(secrets, categoryName);

    public void Dispose()
    {
        // There is nothing to let go of.
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable several => string.Join(' ', several.Cast<object?>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private sealed class Listener(KnownSecrets secrets, string category) : ILogger
    {
        private const string Template = "{OriginalFormat}";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Hear(state, state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Hear(state, $"{formatter(state, exception)} {exception}");

        private void Hear(object? state, string text)
        {
            Interlocked.Increment(ref lines);
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            var place = $"{category}: {values.FirstOrDefault(v => v.Key == Template).Value}";
            secrets.Look(place, text);
            foreach (var (_, value) in values)
            {
                secrets.LookAtValue(place, value);
            }
        }
    }
}

/// <summary>How a server gets the ear.</summary>
public static class Ears
{
    /// <summary>All that our own code says, and of the rest what it says in operation.</summary>
    public static ILoggingBuilder AddEar(this ILoggingBuilder logging, KnownSecrets secrets)
    {
        logging.Services.AddSingleton<ILoggerProvider>(new Ear(secrets));
        logging.AddFilter<Ear>(null, LogLevel.Information).AddFilter<Ear>("Yinxin", LogLevel.Trace);
        foreach (var quiet in (string[])["Microsoft", "System.Net.Http", "OpenIddict", "Polly"])
        {
            logging.AddFilter<Ear>(quiet, LogLevel.Warning);
        }

        Ear.HearSpans();
        return logging;
    }
}
