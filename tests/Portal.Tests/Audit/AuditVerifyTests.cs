using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Audit;

/// <summary>The auditor's command against the databases of a platform that runs: what was edited, removed, rewritten or cut off is named.</summary>
public abstract class AuditVerifyTests(PlatformFixture platform)
{
    /// <summary>The command's arguments for Identity's database.</summary>
    protected abstract string[] Database { get; }

    protected abstract DbConnection Connect();

    [Fact]
    public async Task Each_way_of_touching_the_records_is_found_and_named()
    {
        await AnchoredAsync();
        Assert.Equal(0, (await VerifyAsync()).ExitCode);
        await TouchAsync("UPDATE \"AuditRecords\" SET \"ActorName\" = 'x' WHERE \"Sequence\" = 2", "UPDATE \"AuditRecords\" SET \"ActorName\" = NULL WHERE \"Sequence\" = 2", "audit", "2", "edited");
        await TouchAsync("UPDATE \"AuditRecords\" SET \"Sequence\" = 100002 WHERE \"Sequence\" = 2", "UPDATE \"AuditRecords\" SET \"Sequence\" = 2 WHERE \"Sequence\" = 100002", "audit", "2", "removed");
        // A chain that was written anew holds in itself: the anchor tells.
        await TouchAsync("UPDATE \"AuditAnchors\" SET \"Hash\" = UPPER(\"Hash\")", "UPDATE \"AuditAnchors\" SET \"Hash\" = LOWER(\"Hash\")", "anchor", null, "rewritten");
        await TouchAsync("UPDATE \"AuditAnchors\" SET \"Sequence\" = \"Sequence\" + 100000", "UPDATE \"AuditAnchors\" SET \"Sequence\" = \"Sequence\" - 100000", "anchor", null, "removed");
        await TouchAsync("UPDATE \"Evidence\" SET \"AssuredBy\" = \"AssuredBy\" || 'x' WHERE \"Place\" = 1", "UPDATE \"Evidence\" SET \"AssuredBy\" = SUBSTR(\"AssuredBy\", 1, LENGTH(\"AssuredBy\") - 1) WHERE \"Place\" = 1", "evidence", null, "edited");
        Assert.Equal(0, (await VerifyAsync()).ExitCode);
    }

    [Fact]
    public async Task An_anchor_of_a_stranger_does_not_count()
    {
        await AnchoredAsync();
        var foreign = Path.Combine(platform.DataDirectory, "foreign-bundle.json");
        await File.WriteAllTextAsync(foreign, """{"version":1,"generatedAt":"2026-01-01T00:00:00Z","anchors":[],"intermediates":[],"crls":[]}""");
        var (code, findings) = await VerifyAsync("--bundle", foreign);
        Assert.Equal(1, code);
        Assert.StartsWith("timestamp.", Fault(findings, "anchor").GetProperty("kind").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The anchor is made beside the start; it needs a record and the timestamp service.</summary>
    private async Task AnchoredAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ScalarAsync("SELECT COUNT(*) FROM \"AuditAnchors\"") == 0)
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private async Task TouchAsync(string sql, string undo, string what, string? where, string kind)
    {
        await ExecuteAsync(sql);
        try
        {
            var (code, findings) = await VerifyAsync();
            Assert.Equal(1, code);
            var fault = Fault(findings, what);
            Assert.Equal(kind, fault.GetProperty("kind").GetString());
            Assert.True(where is null || where == fault.GetProperty("where").GetString(), fault.ToString());
        }
        finally
        {
            await ExecuteAsync(undo);
        }
    }

    private static JsonElement Fault(JsonElement findings, string what) => findings.GetProperty("faults").EnumerateArray().First(f => f.GetProperty("what").GetString() == what);

    private async Task<(int ExitCode, JsonElement Findings)> VerifyAsync(params string[] further)
    {
        var (code, output) = await Judge.RunAsync(
            "dotnet", [typeof(DemoException).Assembly.Location, "audit", "verify", "--json", .. Database, .. further, .. further.Length == 0 ? (string[])["--bundle", Path.Combine(platform.DataDirectory, "trust-bundle.json")] : []]);
        Assert.True(code is 0 or 1, output);
        return (code, JsonSerializer.Deserialize<JsonElement>(output));
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

public sealed class SqliteAuditVerifyTests(SqlitePlatform platform) : AuditVerifyTests(platform), IClassFixture<SqlitePlatform>
{
    private readonly string file = Path.Combine(platform.DataDirectory, "identity", "database.sqlite");

    protected override string[] Database => ["--data", file];

    protected override DbConnection Connect() => new SqliteConnection($"Data Source={file};Pooling=False");
}

public sealed class PostgresAuditVerifyTests(PostgresPlatform platform) : AuditVerifyTests(platform), IClassFixture<PostgresPlatform>
{
    private string Connection => $"{platform.Connection};Database=yinxin_identity;Pooling=False";

    protected override string[] Database => ["--database", "postgres", "--connection", Connection];

    protected override DbConnection Connect() => new NpgsqlConnection(Connection);
}
