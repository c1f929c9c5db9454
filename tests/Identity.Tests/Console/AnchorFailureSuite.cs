using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>On servers of its own, which no timestamp authority answers: it moves the clock by days.</summary>
public abstract class AnchorFailureSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_timestamp_authority_that_is_away_for_days_is_noted_and_stops_nothing()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        Assert.Equal(0, await NotedAsync());
        while (await NotedAsync() == 0)
        {
            await StepAsync();
        }

        Assert.Equal(1, await NotedAsync());
        using var visitor = identity.NewBrowser();
        Assert.True((await visitor.GetAsync("/sign-in")).IsSuccessStatusCode);

        // The second try comes ten seconds after the first by the world's time, and the third only minutes later: one step makes it long enough by the server's clock.
        async Task StepAsync()
        {
            identity.Time.Advance(TimeSpan.FromHours(25));
            await Task.Delay(500, limit.Token);
        }

        Task<long> NotedAsync() => identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'audit.anchorFailed' AND \"Result\" = 'failed' AND \"Details\" LIKE '%since%'");
    }
}

public sealed class AnchorFailureOnSqlite(SqliteIdentity identity) : AnchorFailureSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class AnchorFailureOnPostgres(PostgresIdentity identity) : AnchorFailureSuite(identity), IClassFixture<PostgresIdentity>;
