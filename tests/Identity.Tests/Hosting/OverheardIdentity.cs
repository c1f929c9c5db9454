using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>Keeps every log line of a server, at every level, and every span: what a server itself makes up, a ticket or a token, is known only after it was said.</summary>
public sealed class Overheard : ILoggerProvider
{
    private readonly ConcurrentQueue<string> heard = new();
    private readonly ActivityListener listener;

    public Overheard()
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

    public IReadOnlyList<string> Lines => [.. heard];

    /// <summary>Listens to this server alone, and to all that it says.</summary>
    public void ListenTo(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(this);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
    }

    public ILogger CreateLogger(string categoryName) => new Ear(categoryName, heard);

    public void Dispose() => listener.Dispose();

    private sealed class Ear(string category, ConcurrentQueue<string> heard) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            heard.Enqueue($"scope {category}: {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            heard.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            foreach (var (key, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                heard.Enqueue($"value {key} = {value}");
            }
        }
    }
}

/// <summary>A server whose every word is kept.</summary>
public sealed class OverheardSqlite : SqliteIdentity
{
    public Overheard Heard { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Heard.Dispose();
    }

    protected override void Configure(WebApplicationBuilder builder) => Heard.ListenTo(builder);
}

/// <summary>The same on PostgreSQL, which speaks of every statement.</summary>
public sealed class OverheardPostgres : PostgresIdentity
{
    public Overheard Heard { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Heard.Dispose();
    }

    protected override void Configure(WebApplicationBuilder builder) => Heard.ListenTo(builder);
}
