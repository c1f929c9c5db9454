using System.Globalization;
using Xunit;
using Yinxin.Trust.Tests.Log.Sequencing;

namespace Yinxin.Trust.Tests.Log.Kill;

/// <summary>
/// A process that appends is killed (SIGKILL) at a random moment, started again on what it left, killed again. 100 kills in CI;
/// <c>YINXIN_LOG_KILLS=1000</c> for the thousand. Both databases, in equal parts, two processes at once.
/// </summary>
public sealed class KillTests(SqliteLogDatabase sqlite, PostgresLogDatabase postgres) : IClassFixture<SqliteLogDatabase>, IClassFixture<PostgresLogDatabase>
{
    private const int InCi = 100;

    [Fact]
    public async Task However_often_it_is_killed_no_acknowledged_entry_is_lost_and_every_checkpoint_fits_the_final_tree()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("YINXIN_LOG_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : InCi;
        KilledLog[] logs = [new(sqlite), new(postgres)];
        await Task.WhenAll(logs.Select(l => l.KillAsync(kills / logs.Length, TestContext.Current.CancellationToken)));
        foreach (var log in logs)
        {
            await log.AssertNothingLostAsync(TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(log.ToString());
        }
    }
}
