using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yinxin.ServiceDefaults.Database;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Releases;

/// <summary>A database as an earlier release left it, and the start of this release on it.</summary>
internal sealed class EarlierDatabase<TContext, TSqlite, TPostgres> : IDisposable
    where TContext : DbContext
    where TSqlite : TContext
    where TPostgres : TContext
{
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-earlier-").FullName;
    private readonly WebApplication app;

    public EarlierDatabase(bool postgres)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["App:DataDirectory"] = directory,
            ["Database:Provider"] = postgres ? "postgres" : "sqlite",
            ["Database:ConnectionString"] = postgres ? $"{PostgresCluster.Shared.Connection};Database=earlier_{Guid.NewGuid():N}" : null,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddYinxinDatabase<TContext, TSqlite, TPostgres>();
        app = builder.Build();
    }

    public async Task<T> WithAsync<T>(Func<TContext, Task<T>> act)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<TContext>());
    }

    /// <summary>The first release: its one migration.</summary>
    public Task<int> FirstReleaseAsync() => WithAsync(async context =>
    {
        await context.GetService<IMigrator>().MigrateAsync("Initial", TestCancellation.Token);
        return 0;
    });

    /// <summary>The second release had made its first migration anew: all tables up to <paramref name="last"/>, and a history that knows only <paramref name="withdrawn"/>.</summary>
    public Task<int> SecondReleaseAsync(string withdrawn, string? last = null) => WithAsync(async context =>
    {
        await context.GetService<IMigrator>().MigrateAsync(last, TestCancellation.Token);
        var history = context.GetService<IHistoryRepository>();
        var rows = await history.GetAppliedMigrationsAsync(TestCancellation.Token);
        var changes = rows.Select(row => history.GetDeleteScript(row.MigrationId)).Append(history.GetInsertScript(new HistoryRow(withdrawn, "10.0.15")));
        return await context.Database.ExecuteSqlRawAsync(string.Join('\n', changes), TestCancellation.Token);
    });

    /// <summary>What this release does first when it starts.</summary>
    public Task StartAsync() => app.Services.GetServices<IHostedService>().First().StartAsync(TestCancellation.Token);

    public Task<List<string>> HistoryAsync() => WithAsync(async context => (await context.Database.GetAppliedMigrationsAsync(TestCancellation.Token)).ToList());

    public void Dispose()
    {
        ((IDisposable)app).Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Npgsql.NpgsqlConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    private static class TestCancellation
    {
        public static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;
    }
}
