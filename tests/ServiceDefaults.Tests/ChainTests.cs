using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Testing;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>A database with an audit trail and an outbox.</summary>
public class SampleContext(DbContextOptions options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAudit();
        modelBuilder.AddOutbox();
    }
}

public sealed class SqliteSampleContext(DbContextOptions<SqliteSampleContext> options) : SampleContext(options);

public sealed class PostgresSampleContext(DbContextOptions<PostgresSampleContext> options) : SampleContext(options);

/// <summary>Audit chain and outbox, the same on both databases.</summary>
public abstract class ChainTests(string provider, string? connection) : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-defaults-");
    private readonly Recorder recorder = new();
    private WebApplication? app;

    public async ValueTask InitializeAsync()
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.ServiceDefaults.Tests", [], b => b.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["App:Address"] = FormattableString.Invariant($"http://localhost:{FreePort.Next()}"),
            ["App:DataDirectory"] = directory.FullName,
            ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Database:Provider"] = provider,
            ["Database:ConnectionString"] = connection,
        }));
        builder.AddYinxinDatabase<SampleContext, SqliteSampleContext, PostgresSampleContext>();
        builder.Services.AddAudit<SampleContext>();
        builder.Services.AddOutbox<SampleContext>();
        builder.Services.AddScoped<IOutboxHandler>(_ => recorder);
        app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<SampleContext>().Database.EnsureCreatedAsync();
        }

        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_chain_of_parallel_writers_is_whole_and_an_edited_or_removed_row_is_named()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => InScopeAsync(async services =>
        {
            services.GetRequiredService<IAuditTrail>().Add(new AuditEntry("test.done", $"subject {i}", "actor"));
            return await services.GetRequiredService<SampleContext>().SaveChangesAsync();
        })));
        Assert.Equal((20L, null), await VerifyAsync());

        await ExecuteAsync("UPDATE \"AuditRecords\" SET \"SubjectId\" = 'somebody else' WHERE \"Sequence\" = 7");
        Assert.Equal(new AuditFault(7, "edited"), (await VerifyAsync()).Fault);
        await ExecuteAsync("DELETE FROM \"AuditRecords\" WHERE \"Sequence\" = 5");
        Assert.Equal(new AuditFault(5, "removed"), (await VerifyAsync()).Fault);
    }

    [Fact]
    public async Task A_message_is_delivered_once_its_transaction_is_and_again_after_a_failure()
    {
        recorder.FailFirst = true;
        await InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<SampleContext>();
            database.Add(OutboxMessage.Create(Recorder.KindName, new { number = 1 }, "key-1", DateTimeOffset.UtcNow));
            return await database.SaveChangesAsync();
        });
        await recorder.Delivered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, recorder.Attempts);
    }

    [Fact]
    public void What_is_encrypted_opens_for_its_purpose_only_and_not_when_changed()
    {
        var cipher = app!.Services.GetRequiredService<IDataCipher>();
        var envelope = cipher.Encrypt("phone", "13800000001"u8);
        Assert.Equal("13800000001"u8.ToArray(), cipher.Decrypt("phone", envelope));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => cipher.Decrypt("name", envelope));
        envelope[^1] ^= 1;
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => cipher.Decrypt("phone", envelope));
        Assert.NotEqual(cipher.BlindIndex("phone", "1"), cipher.BlindIndex("name", "1"));
    }

    private Task<(long Records, AuditFault? Fault)> VerifyAsync() => InScopeAsync(services => services.GetRequiredService<AuditVerifier>().VerifyAsync(default));

    private Task<int> ExecuteAsync(string sql) => InScopeAsync(services => services.GetRequiredService<SampleContext>().Database.ExecuteSqlRawAsync(sql));

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        await using var scope = app!.Services.CreateAsyncScope();
        return await action(scope.ServiceProvider);
    }

    private sealed class Recorder : IOutboxHandler
    {
        public const string KindName = "test";

        public bool FailFirst { get; set; }

        public int Attempts { get; private set; }

        public TaskCompletionSource Delivered { get; } = new();

        public string Kind => KindName;

        public Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
        {
            Attempts++;
            if (FailFirst && Attempts == 1)
            {
                throw new HttpRequestException("not now");
            }

            Delivered.TrySetResult();
            return Task.CompletedTask;
        }
    }
}

public sealed class SqliteChainTests() : ChainTests("sqlite", connection: null);

/// <summary>A PostgreSQL server for this project.</summary>
public sealed class PostgresServer : IDisposable
{
    public PostgresCluster Cluster { get; } = PostgresCluster.Start();

    public void Dispose() => Cluster.Dispose();
}

public sealed class PostgresChainTests(PostgresServer server) : ChainTests("postgres", $"{server.Cluster.Connection};Database=test_{Guid.NewGuid():N}"), IClassFixture<PostgresServer>;
