using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>A server whose every log line, at every level, and every span is kept.</summary>
public sealed class OverheardIdentity : SqliteIdentity, ILoggerProvider
{
    private readonly ConcurrentQueue<string> heard = new();
    private readonly ActivityListener listener;

    public OverheardIdentity()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                heard.Enqueue($"span {activity.Source.Name} {activity.OperationName} {activity.DisplayName} {activity.StatusDescription}");
                foreach (var (key, value) in activity.TagObjects.Concat(activity.Events.SelectMany(e => e.Tags)))
                {
                    heard.Enqueue($"tag {key} = {value}");
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyList<string> Heard => [.. heard];

    public ILogger CreateLogger(string categoryName) => new Ear(categoryName, heard);

    public void Dispose() => listener.Dispose();

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(this);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
    }

    private sealed class Ear(string category, ConcurrentQueue<string> heard) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            heard.Enqueue($"scope {category}: {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            heard.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
