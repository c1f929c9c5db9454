using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Stops a server at a place that a test chose until the test lets it go on: of two things that are under way at once the test sets the order, however busy the machine is.</summary>
public sealed class Crossing : DbTransactionInterceptor
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task>> answers = new(StringComparer.Ordinal);
    private Func<CancellationToken, Task>? change;
    private Func<CancellationToken, Task>? consent;
    private Func<CancellationToken, Task>? count;

    /// <summary>The next answer of an authority at this path: it has come and counts against no time limit of the question any more, and the server has not looked at it yet.</summary>
    public Held HoldAnswer(string path)
    {
        var held = new Held();
        answers[path] = held.StopAsync;
        return held;
    }

    /// <summary>The next change that an authority reports: all that follows from it is written, and nobody sees it yet.</summary>
    public Held HoldChange()
    {
        var held = new Held();
        change = held.StopAsync;
        return held;
    }

    /// <summary>The next check before a camera: the person was read and has agreed, and nothing is stored yet.</summary>
    public Held HoldConsent()
    {
        var held = new Held();
        consent = held.StopAsync;
        return held;
    }

    /// <summary>The next question how much was reported about somebody, outside a transaction: who asks has read whom it is about, and nothing is counted yet.</summary>
    public Held HoldCount()
    {
        var held = new Held();
        count = held.StopAsync;
        return held;
    }

    /// <summary>Stands in the way of this server.</summary>
    public void Watch(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IInterceptor>(this);
        builder.Services.AddSingleton<IInterceptor>(new Counts(this));

        // The outermost: the time limits and repetitions of a question are inside.
        builder.Services.ConfigureAll<HttpClientFactoryOptions>(options => options.HttpMessageHandlerBuilderActions.Add(client => client.AdditionalHandlers.Insert(0, new Answers(answers))));
    }

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context && context.ChangeTracker.Entries<AuditRecord>().Any(r => r.State == EntityState.Added && r.Entity.Action == "person.realPersonConsent") &&
            Interlocked.Exchange(ref consent, null) is { } stop)
        {
            await stop(cancellationToken);
        }

        return result;
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context && context.ChangeTracker.Entries<SourceEvent>().Any() && Interlocked.Exchange(ref change, null) is { } stop)
        {
            await stop(cancellationToken);
        }

        return result;
    }

    private sealed class Counts(Crossing crossing) : DbCommandInterceptor
    {
        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (eventData.Context is { Database.CurrentTransaction: null } && command.CommandText.StartsWith("SELECT COUNT(*)", StringComparison.OrdinalIgnoreCase) &&
                command.CommandText.Contains("FROM \"SourceEvents\"", StringComparison.Ordinal) && Interlocked.Exchange(ref crossing.count, null) is { } stop)
            {
                await stop(cancellationToken);
            }

            return result;
        }
    }

    private sealed class Answers(ConcurrentDictionary<string, Func<CancellationToken, Task>> answers) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri is { } address && answers.TryRemove(address.AbsolutePath, out var stop))
            {
                await stop(cancellationToken);
            }

            return response;
        }
    }
}

/// <summary>One place of a <see cref="Crossing"/>; whoever leaves it lets go.</summary>
public sealed class Held : IDisposable
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Until the server stands there; a minute at most.</summary>
    public Task ReachedAsync() => reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void Release() => released.TrySetResult();

    public void Dispose() => Release();

    internal Task StopAsync(CancellationToken cancellationToken)
    {
        reached.TrySetResult();
        return released.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>A server with a <see cref="Crossing"/>.</summary>
public sealed class CrossingOnSqlite : SqliteIdentity
{
    public Crossing Crossing { get; } = new();

    protected override void Configure(WebApplicationBuilder builder) => Crossing.Watch(builder);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class CrossingOnPostgres : PostgresIdentity
{
    public Crossing Crossing { get; } = new();

    protected override void Configure(WebApplicationBuilder builder) => Crossing.Watch(builder);
}
