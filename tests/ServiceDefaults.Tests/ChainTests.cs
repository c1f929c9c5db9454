using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>Audit chain and outbox, the same on both databases.</summary>
public abstract class ChainTests(string provider, string? connection) : IAsyncLifetime
{
    private readonly SampleApp sample = new(provider, connection);
    private readonly Recorder recorder = new();

    public async ValueTask InitializeAsync() =>
        await sample.StartAsync(services => services.AddScoped<IOutboxHandler>(_ => recorder));

    public async ValueTask DisposeAsync()
    {
        await sample.DisposeAsync();
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
        Assert.Equal((20L, ""), await VerifyAsync());

        await ExecuteAsync("UPDATE \"AuditRecords\" SET \"SubjectId\" = 'somebody else' WHERE \"Sequence\" = 7");
        Assert.Equal((19L, "7 edited"), await VerifyAsync());
        await ExecuteAsync("DELETE FROM \"AuditRecords\" WHERE \"Sequence\" = 5");
        Assert.Equal((18L, "5 removed, 7 edited"), await VerifyAsync());
    }

    [Fact]
    public async Task Two_nodes_that_write_at_once_neither_fail_nor_fork_the_chain()
    {
        // Writers of one process take turns by their connection string: spelt differently, they meet in the database only, as two processes do.
        var path = await InScopeAsync(services => Task.FromResult(services.GetRequiredService<SampleContext>().Database.GetConnectionString()!));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async node =>
        {
            await using var other = sample.Build($"{path};{(provider == "postgres" ? "Application Name" : "Default Timeout")}={node + 40}");
            for (var i = 0; i < 10; i++)
            {
                await using var scope = other.Services.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<IAuditTrail>().Add(new AuditEntry("test.done", $"subject {i}", $"node {node}"));
                await scope.ServiceProvider.GetRequiredService<SampleContext>().SaveChangesAsync();
            }
        }));
        Assert.Equal((40L, ""), await VerifyAsync());
    }

    [Fact]
    public async Task A_change_that_fails_leaves_no_record_and_does_not_hold_up_the_next()
    {
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => InScopeAsync(services =>
        {
            var database = services.GetRequiredService<SampleContext>();
            database.Update(OutboxMessage.Create(Recorder.KindName, new { number = 1 }, "never stored", DateTimeOffset.UtcNow));
            services.GetRequiredService<IAuditTrail>().Add(new AuditEntry("test.lost", "subject", "actor"));
            return database.SaveChangesAsync();
        }));
        await InScopeAsync(services =>
        {
            services.GetRequiredService<IAuditTrail>().Add(new AuditEntry("test.done", "subject", "actor"));
            return services.GetRequiredService<SampleContext>().SaveChangesAsync();
        }).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((1L, ""), await VerifyAsync());
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
        var cipher = sample.App.Services.GetRequiredService<IDataCipher>();
        var envelope = cipher.Encrypt("phone", "13800000001"u8);
        Assert.Equal("13800000001"u8.ToArray(), cipher.Decrypt("phone", envelope));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => cipher.Decrypt("name", envelope));
        envelope[^1] ^= 1;
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => cipher.Decrypt("phone", envelope));
        Assert.NotEqual(cipher.BlindIndex("phone", "1"), cipher.BlindIndex("name", "1"));
    }

    private async Task<(long Records, string Faults)> VerifyAsync()
    {
        var (records, faults) = await InScopeAsync(services => services.GetRequiredService<AuditVerifier>().VerifyAsync(default));
        return (records, string.Join(", ", faults.Select(f => $"{f.Sequence} {f.Kind}")));
    }

    private Task<int> ExecuteAsync(string sql) => InScopeAsync(services => services.GetRequiredService<SampleContext>().Database.ExecuteSqlRawAsync(sql));

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        await using var scope = sample.App.Services.CreateAsyncScope();
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

public sealed class PostgresChainTests(PostgresServer server) : ChainTests("postgres", server.NewDatabase()), IClassFixture<PostgresServer>;
