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
    public async Task What_is_known_to_be_touched_hides_nothing_behind_it()
    {
        await AnchoredAsync();
        var newest = await ScalarAsync("SELECT MAX(\"Sequence\") FROM \"AuditRecords\"");
        Assert.True(newest > 4, "The platform's start notes more.");
        await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = \"Action\" || 'x' WHERE \"Sequence\" IN (2, 4)");
        try
        {
            var (code, findings) = await VerifyAsync();
            Assert.Equal(1, code);
            Assert.Equal(["2 edited", "4 edited"], findings.GetProperty("faults").EnumerateArray().Where(f => f.GetProperty("what").GetString() == "audit")
                .Select(f => $"{f.GetProperty("where").GetString()} {f.GetProperty("kind").GetString()}"));
        }
        finally
        {
            await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = SUBSTR(\"Action\", 1, LENGTH(\"Action\") - 1) WHERE \"Sequence\" IN (2, 4)");
        }
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

    [Fact]
    public async Task What_is_cut_off_at_the_end_and_an_emptied_table_are_found_by_what_stands_outside_the_database()
    {
        await AnchoredAsync();
        var head = await NotedAsync();
        const string keep = "CREATE TABLE \"Kept\" AS SELECT * FROM \"AuditRecords\" WHERE \"Sequence\" >= ";
        const string undo = "INSERT INTO \"AuditRecords\" SELECT * FROM \"Kept\"; DROP TABLE \"Kept\"";
        await TouchAsync($"{keep}{head}; DELETE FROM \"AuditRecords\" WHERE \"Sequence\" >= {head}", undo, "head", head, "removed");
        await TouchAsync($"{keep}1; DELETE FROM \"AuditRecords\"", undo, "head", head, "removed");
        Assert.Equal(0, (await VerifyAsync()).ExitCode);
    }

    [Fact]
    public async Task Evidence_that_is_cut_off_or_deleted_altogether_is_found_by_what_the_audit_noted()
    {
        await AnchoredAsync();
        var subject = Convert.ToString(await ValueAsync("SELECT MAX(CAST(\"SubjectId\" AS TEXT)) FROM \"Evidence\""), CultureInfo.InvariantCulture)!;
        var mine = $"CAST(\"SubjectId\" AS TEXT) = '{subject}'";
        var last = await ScalarAsync($"SELECT MAX(\"Place\") FROM \"Evidence\" WHERE {mine}");
        foreach (var (which, place) in (IEnumerable<(string, long)>)[($"{mine} AND \"Place\" = {last}", last), (mine, 1)])
        {
            await TouchAsync(
                $"CREATE TABLE \"KeptEvidence\" AS SELECT * FROM \"Evidence\" WHERE {which}; DELETE FROM \"Evidence\" WHERE {which}",
                "INSERT INTO \"Evidence\" SELECT * FROM \"KeptEvidence\"; DROP TABLE \"KeptEvidence\"",
                "evidence", string.Create(CultureInfo.InvariantCulture, $"{Guid.Parse(subject)}:{place}"), "removed");
        }

        Assert.Equal(0, (await VerifyAsync()).ExitCode);
    }

    /// <summary>The number of the newest record, once it stands outside as well.</summary>
    private async Task<string> NotedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var file = Path.Combine(platform.DataDirectory, "identity", "audit-head.json");
        while (true)
        {
            var newest = await ScalarAsync("SELECT MAX(\"Sequence\") FROM \"AuditRecords\"");
            if (File.Exists(file) && JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, limit.Token)).GetProperty("sequence").GetInt64() == newest)
            {
                return newest.ToString(CultureInfo.InvariantCulture);
            }

            await Task.Delay(200, limit.Token);
        }
    }

    /// <summary>The anchor is made beside the start, and the end is noted; the one needs a record and the timestamp service.</summary>
    protected async Task AnchoredAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ScalarAsync("SELECT COUNT(*) FROM \"AuditAnchors\"") == 0 || !File.Exists(Path.Combine(platform.DataDirectory, "identity", "audit-head.json")))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    protected async Task TouchAsync(string sql, string undo, string what, string? where, string kind)
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

    private Task<(int ExitCode, JsonElement Findings)> VerifyAsync(params string[] further) => VerifyAsync(Database, further);

    /// <summary>Of a database file on its own.</summary>
    protected Task<(int ExitCode, JsonElement Findings)> VerifyFileAsync(string file) => VerifyAsync(["--data", file], []);

    private async Task<(int ExitCode, JsonElement Findings)> VerifyAsync(string[] database, string[] further)
    {
        var (code, output) = await Judge.RunAsync(
            "dotnet", [typeof(DemoException).Assembly.Location, "audit", "verify", "--json", .. database, .. further, .. further.Length == 0 ? (string[])["--bundle", Path.Combine(platform.DataDirectory, "trust-bundle.json")] : []]);
        Assert.True(code is 0 or 1, output);
        return (code, JsonSerializer.Deserialize<JsonElement>(output));
    }

    /// <summary>What a run said that lost a database: a line of JSON for each, and what was lost at the end.</summary>
    protected static IReadOnlyList<JsonElement> ExpectLoss((int ExitCode, string Output) run, int exitCode)
    {
        // A console breaks its lines where it likes.
        var said = string.Concat(run.Output.Where(c => !char.IsWhiteSpace(c)));
        Assert.True(run.ExitCode == exitCode, run.Output);
        Assert.Contains("didnotanswertoitsend", said, StringComparison.Ordinal);
        Assert.Contains("未能读完", said, StringComparison.Ordinal);
        Assert.DoesNotContain("unreadable", run.Output, StringComparison.Ordinal);
        var findings = run.Output.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToList();
        Assert.Single(findings, IsLost);
        return findings;
    }

    protected static bool IsLost(JsonElement findings) => findings.GetProperty("lost").ValueKind == JsonValueKind.String;

    protected static IEnumerable<string> Faults(JsonElement findings) =>
        findings.GetProperty("faults").EnumerateArray().Select(f => $"{f.GetProperty("what").GetString()} {f.GetProperty("where").GetString()} {f.GetProperty("kind").GetString()}");

    protected async Task<long> ScalarAsync(string sql) => Convert.ToInt64(await ValueAsync(sql), CultureInfo.InvariantCulture);

    private async Task<object?> ValueAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    protected async Task ExecuteAsync(string sql)
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

    [Theory] // in a copy, for a server does not run without its tables
    [InlineData("DROP TABLE \"AuditRecords\"", "audit", "missing")]
    [InlineData("DROP TABLE \"AuditAnchors\"", "anchor", "missing")]
    [InlineData("DROP TABLE \"MandateEvents\"", "mandate", "missing")]
    [InlineData("ALTER TABLE \"Mandates\" RENAME TO \"Former\"; CREATE TABLE \"Mandates\" AS SELECT * FROM \"Former\"; INSERT INTO \"Mandates\" (\"Id\", \"State\") VALUES ('00000000-0000-0000-0000-000000000001', 'x')", "mandate", "unreadable")]
    [InlineData("ALTER TABLE \"AuditRecords\" RENAME COLUMN \"Details\" TO \"Former\"", "audit", "unreadable")]
    [InlineData("ALTER TABLE \"AuditAnchors\" RENAME COLUMN \"Hash\" TO \"Former\"", "anchor", "unreadable")]
    [InlineData("ALTER TABLE \"Evidence\" RENAME COLUMN \"AssuredBy\" TO \"Former\"", "evidence", "unreadable")]
    [InlineData("ALTER TABLE \"MandateEvents\" RENAME COLUMN \"Digest\" TO \"Former\"", "mandate", "unreadable")]
    [InlineData("DELETE FROM \"AuditRecords\"; DELETE FROM \"AuditAnchors\"", "audit", "emptied")]
    [InlineData("PRAGMA foreign_keys = 0; DELETE FROM \"AuditRecords\"; DELETE FROM \"AuditAnchors\"; DELETE FROM \"Evidence\"", "audit", "emptied")]
    public async Task Without_a_table_and_without_records_nothing_is_whole(string sql, string what, string kind)
    {
        await AnchoredAsync();
        var copy = Directory.CreateTempSubdirectory("yinxin-audit-");
        try
        {
            var database = await CopyAsync(copy.FullName, sql);
            var (code, findings) = await VerifyFileAsync(database);
            Assert.Equal(1, code);
            Assert.Contains(findings.GetProperty("faults").EnumerateArray(), f => f.GetProperty("what").GetString() == what && f.GetProperty("kind").GetString() == kind);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_hides_nothing_of_the_others()
    {
        await AnchoredAsync();
        var copy = Directory.CreateTempSubdirectory("yinxin-audit-");
        try
        {
            // By name the lost one comes first.
            await File.WriteAllTextAsync(Path.Combine(copy.CreateSubdirectory("a").FullName, "database.sqlite"), new string('x', 4096), TestContext.Current.CancellationToken);
            await CopyAsync(copy.CreateSubdirectory("b").FullName, "UPDATE \"AuditRecords\" SET \"ActorName\" = 'x' WHERE \"Sequence\" = 2");
            var findings = ExpectLoss(await Judge.RunAsync("dotnet", typeof(DemoException).Assembly.Location, "audit", "verify", "--json", "--data", copy.FullName), 1);
            Assert.Equal(["a", "b"], findings.Select(f => f.GetProperty("database").GetString()));
            Assert.Equal([true, false], findings.Select(IsLost));
            Assert.Empty(Faults(findings[0]));
            Assert.Contains("audit 2 edited", Faults(findings[1]));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>The platform's database in a directory of its own, changed.</summary>
    private async Task<string> CopyAsync(string directory, string sql)
    {
        var database = Path.Combine(directory, "database.sqlite");
        await ExecuteAsync($"VACUUM INTO '{database}'");
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }

    protected override string[] Database => ["--data", file];

    protected override DbConnection Connect() => new SqliteConnection($"Data Source={file};Pooling=False");
}

public sealed class PostgresAuditVerifyTests(PostgresPlatform platform) : AuditVerifyTests(platform), IClassFixture<PostgresPlatform>
{
    private string Connection => platform.ConnectionTo("identity") + ";Pooling=False";

    [Theory]
    [InlineData(true)] // the connection is cut
    [InlineData(false)] // the answer takes longer than anybody waits for it
    public async Task A_database_that_goes_away_while_the_mandates_are_read_is_no_fault(bool cut)
    {
        await AnchoredAsync();
        ExpectNothingSaid(await WithoutMandatesAsync(cut));
    }

    [Fact]
    public async Task What_was_found_in_a_database_before_it_went_away_is_said()
    {
        await AnchoredAsync();
        await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = \"Action\" || 'x' WHERE \"Sequence\" = 2");
        try
        {
            Assert.Contains("audit 2 edited", Faults(Assert.Single(ExpectLoss(await WithoutMandatesAsync(cut: true), 1))));
        }
        finally
        {
            await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = SUBSTR(\"Action\", 1, LENGTH(\"Action\") - 1) WHERE \"Sequence\" = 2");
        }
    }

    [Fact]
    public async Task A_touched_database_is_told_beside_one_that_is_not_there()
    {
        await AnchoredAsync();
        await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = \"Action\" || 'x' WHERE \"Sequence\" = 2");
        try
        {
            var findings = ExpectLoss(await RunAsync(Absent, Connection), 1);
            Assert.Equal([true, false], findings.Select(IsLost));
            Assert.Contains("audit 2 edited", Faults(findings[1]));
        }
        finally
        {
            await ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = SUBSTR(\"Action\", 1, LENGTH(\"Action\") - 1) WHERE \"Sequence\" = 2");
        }
    }

    /// <summary>Runs while nobody may read the mandates.</summary>
    private async Task<(int ExitCode, string Output)> WithoutMandatesAsync(bool cut)
    {
        await using var holder = Connect();
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = holder.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, "LOCK TABLE \"Mandates\" IN ACCESS EXCLUSIVE MODE");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        // All before the mandates is read, and their rows are waited for.
        var run = RunAsync($"{Connection};Application Name=auditor;Command Timeout={(cut ? "60" : "1")}");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (cut && !run.IsCompleted && await ScalarAsync("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'auditor' AND wait_event_type = 'Lock'") == 0)
        {
            await Task.Delay(100, limit.Token);
        }

        return await run;
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_no_fault() =>
        ExpectNothingSaid(await RunAsync(Absent));

    [Fact]
    public async Task A_column_that_was_taken_away_is_an_answer()
    {
        await AnchoredAsync();
        await TouchAsync(
            "ALTER TABLE \"MandateEvents\" RENAME COLUMN \"Digest\" TO \"Former\"", "ALTER TABLE \"MandateEvents\" RENAME COLUMN \"Former\" TO \"Digest\"", "mandate", "0", "unreadable");
    }

    private static void ExpectNothingSaid((int ExitCode, string Output) run) => Assert.Empty(Faults(Assert.Single(ExpectLoss(run, 2))));

    private string Absent => new NpgsqlConnectionStringBuilder(Connection) { Port = FreePort.Next() }.ConnectionString;

    private Task<(int ExitCode, string Output)> RunAsync(params string[] connections) => Judge.RunAsync(
        "dotnet",
        [typeof(DemoException).Assembly.Location, "audit", "verify", "--json", "--database", "postgres", .. connections.SelectMany(c => (string[])["--connection", c]), "--data", platform.DataDirectory]);

    protected override string[] Database => ["--database", "postgres", "--connection", Connection, "--data", platform.DataDirectory];

    protected override DbConnection Connect() => new NpgsqlConnection(Connection);
}
