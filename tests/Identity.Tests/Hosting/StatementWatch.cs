using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>Notes the statements that a server sends to its database on behalf of one request, told from all others by the request's trace.</summary>
public sealed class StatementWatch : DbCommandInterceptor, IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> watched = new();

    /// <summary>Without a listener the server makes no activity for a request.</summary>
    private readonly ActivityListener requests = new()
    {
        ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public async Task<(HttpResponseMessage Response, IReadOnlyList<string> Statements)> WatchAsync(Func<Task<HttpResponseMessage>> act)
    {
        ActivitySource.AddActivityListener(requests);
        using var trace = new Activity("watched").SetIdFormat(ActivityIdFormat.W3C).Start();
        var statements = watched[trace.TraceId] = new ConcurrentQueue<string>();
        var response = await act();
        watched.TryRemove(trace.TraceId, out _);
        return (response, [.. statements]);
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public void Dispose() => requests.Dispose();

    private void Note(DbCommand command)
    {
        if (Activity.Current is { } activity && watched.TryGetValue(activity.TraceId, out var statements))
        {
            statements.Enqueue(command.CommandText);
        }
    }
}
