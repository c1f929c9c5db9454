using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.Testing;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>A database with all that ServiceDefaults stores.</summary>
public class SampleContext(DbContextOptions options) : AuditedContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddOutbox();
        modelBuilder.AddIdempotency();
    }
}

public sealed class SqliteSampleContext(DbContextOptions<SqliteSampleContext> options) : SampleContext(options);

public sealed class PostgresSampleContext(DbContextOptions<PostgresSampleContext> options) : SampleContext(options);

/// <summary>An app that uses ServiceDefaults as every app of the platform does.</summary>
public sealed class SampleApp(string provider, string? connection) : IAsyncDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-defaults-");
    private WebApplication? app;

    /// <summary>Stands still where a test gave one.</summary>
    public FakeTimeProvider? Time { get; init; }

    /// <summary>Beside those that every app needs.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings { get; init; } = [];

    public WebApplication App => app!;

    public Uri Address { get; } = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));

    /// <summary>Another node on the same database when <paramref name="database"/> names it.</summary>
    public WebApplication Build(string? database, Action<IServiceCollection>? services = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.ServiceDefaults.Tests", [], b =>
        {
            b.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["App:Address"] = Address.ToString(),
                ["App:DataDirectory"] = directory.FullName,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Database:Provider"] = provider,
                ["Database:ConnectionString"] = database,
            });
            b.Configuration.AddInMemoryCollection(Settings);
            if (Time is not null)
            {
                b.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            }
        });
        builder.AddYinxinDatabase<SampleContext, SqliteSampleContext, PostgresSampleContext>();
        builder.Services.AddAudit<SampleContext>();
        builder.Services.AddOutbox<SampleContext>();
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    public async Task StartAsync(Action<IServiceCollection>? services = null, Action<WebApplication>? endpoints = null)
    {
        app = Build(connection, services);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<SampleContext>().Database.EnsureCreatedAsync();
        }

        endpoints?.Invoke(app);
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Null when it refused to start.
        await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
    }
}

/// <summary>A PostgreSQL server for this project.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly PostgresCluster cluster = PostgresCluster.Shared;

    public string NewDatabase() => $"{cluster.Connection};Database=test_{Guid.NewGuid():N}";

    public void Dispose() => Npgsql.NpgsqlConnection.ClearAllPools();
}
