using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Server;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>A city's file turns out to be wrong: two officials take back all that it brought, and the corrected one raises again.</summary>
public abstract class ImportWithdrawalSuite(IdentityFixture identity)
{
    private static readonly string[] Kinds = ["counter", "population-match", "phone-otp", "password"];

    [Fact]
    public async Task All_that_an_import_brought_is_taken_back_by_two_officials_and_nothing_else()
    {
        // More accounts than a batch holds; one of them has evidence of its own.
        using var citizen = await Applicant.RegisteredAsync(identity);
        var rows = Enumerable.Range(0, WithdrawnImports.AccountsAtOnce + 2).Select(_ => Row()).Append(HandedOver.RowOf(citizen.Person)).ToList();
        rows[^1]["evidence"] = Evidence("counter");
        var (accounts, records) = (rows.Count, ((rows.Count - 1) * Kinds.Length) + 1);
        var (id, other) = (Guid.NewGuid(), Guid.NewGuid());
        var sent = await SendAsync(id, "hefei", rows);
        Assert.Equal((Text(rows.Count - 1), "1"), (sent["created"], sent["linked"]));
        Assert.Equal("1", (await SendAsync(other, "wuhu", [Row()]))["created"]);
        Assert.Equal(accounts, await IntermediateAsync("hefei"));
        Assert.Contains("id=\"level\">中级", await citizen.ReadAsync("/account"), StringComparison.Ordinal);

        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var page = $"/console/imports/{id}/withdrawal";
        foreach (var name in (string[])["auditor", "system", "counter-one"])
        {
            using var unfit = await Officer.SignInAsync(identity, name);
            Assert.Equal(HttpStatusCode.Forbidden, (await unfit.GetAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await unfit.ForgeAsync(page, ("Reason", "import-false"), ("Explanation", "样例：数据不实"))).StatusCode);
        }

        var unknown = $"/console/imports/{Guid.NewGuid()}/withdrawal";
        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync(unknown)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await first.ForgeAsync(unknown, ("Reason", "import-false"), ("Explanation", "样例：数据不实"))).StatusCode);
        Assert.Contains($"href=\"{page}\"", await first.ReadAsync($"/console/imports/{id}"), StringComparison.Ordinal);
        var form = await first.ReadAsync(page);
        Assert.Contains($"id=\"accounts\">{accounts}<", form, StringComparison.Ordinal);
        Assert.Contains($"id=\"records\">{records}<", form, StringComparison.Ordinal);
        foreach (var (reason, explanation) in (IEnumerable<(string, string)>)[("", "样例：数据不实"), ("counter-false", "样例：数据不实"), ("import-false", "短")])
        {
            var refused = await first.FillAsync(page, "", ("Reason", reason), ("Explanation", explanation));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(explanation, await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        var proposal = await ProposeAsync(first, id);
        Assert.Equal(HttpStatusCode.Conflict, (await first.ForgeAsync(page, ("Reason", "import-false"), ("Explanation", "样例：再次提出"))).StatusCode);
        Assert.DoesNotContain($"href=\"{page}\"", await first.ReadAsync($"/console/imports/{id}"), StringComparison.Ordinal);
        var list = await second.ReadAsync("/console/proposals");
        Assert.Contains($"href=\"{proposal}\">撤销一次移交的认证信息<", list, StringComparison.Ordinal);
        Assert.Contains("hefei", list, StringComparison.Ordinal);
        var shown = await second.ReadAsync(proposal);
        Assert.Contains($"href=\"/console/imports/{id}\"", shown, StringComparison.Ordinal);
        Assert.Contains($"id=\"concerned\">{accounts} 个账号，{records} 条<", shown, StringComparison.Ordinal);

        // Whoever works at a counter sees that it is proposed; the import is not theirs to open.
        var key = await first.FindAsync("IdNumber", citizen.Person.IdNumber);
        Assert.Contains($"href=\"/console/imports/{id}\"", await first.ReadAsync($"/console/accounts/{key}"), StringComparison.Ordinal);
        using (var counter = await Officer.SignInAsync(identity, "counter-one"))
        {
            Assert.DoesNotContain("/console/imports", await counter.ReadAsync(proposal), StringComparison.Ordinal);
            Assert.DoesNotContain("/console/imports", await counter.ReadAsync($"/console/accounts/{key}"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：自行复核"))).StatusCode);
        }

        var own = await first.DecideAsync(proposal, "approve");
        Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
        Assert.Contains("不能复核自己提出的申请", await Officer.TextAsync(own), StringComparison.Ordinal);
        Assert.Equal((0L, accounts), (await RunsAsync(id, "1 = 1"), await IntermediateAsync("hefei")));

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        await Messages.UntilAsync(async () => await RunsAsync(id, "\"State\" = 'Done'") == 1);
        var done = await second.ReadAsync($"/console/imports/{id}");
        Assert.Contains("已撤销", done, StringComparison.Ordinal);
        Assert.Contains($"已处理 {records} / {records}，撤销 {records}", done, StringComparison.Ordinal);
        Assert.DoesNotContain("hx-get=\"/console/imports", done, StringComparison.Ordinal);
        Assert.Contains("已撤销", await second.ReadAsync("/console/imports"), StringComparison.Ordinal);

        // Every level is what is left; nobody else's fell.
        Assert.Equal((0, 1), (await IntermediateAsync("hefei"), await IntermediateAsync("wuhu")));
        Assert.Contains("id=\"level\">初级", await citizen.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(records, await identity.RowsAsync("\"Evidence\" WHERE \"Method\" = 'import-withdrawn' AND \"Source\" = 'import:hefei' AND \"State\" = 'Revoked'"));
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"State\" = 'Revoked' AND \"SubjectId\" = '{await identity.KeyOfAsync(citizen.Person.IdNumber)}'"));
        Assert.Contains("由原系统移交的认证信息经核查有误，已撤销", await citizen.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // Each is told once, though four records of theirs were taken back.
        const string Told = "\"Notices\" WHERE \"Kind\" = 'import-withdrawn' AND \"AccountId\" IN (SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = 'hefei')";
        Assert.Equal(accounts, await identity.RowsAsync(Told));
        var entries = $"\"AuditRecords\" WHERE \"Details\" LIKE '%{proposal.Split('/')[^1]}%' AND \"Action\" = ";
        Assert.Equal((1L, 1L), (await identity.RowsAsync(entries + "'import.withdrawn'"), await identity.RowsAsync(entries + "'import.withdrawalDone'")));
        Assert.Equal(accounts, await identity.RowsAsync(entries + "'evidence.importWithdrawn'"));
        Assert.Empty(await FaultsAsync());

        // A node that died after a batch, before its mark: nothing is taken back or told twice.
        await identity.ExecuteAsync($"UPDATE \"CounterWithdrawals\" SET \"State\" = 'Running', \"Cursor\" = NULL, \"EndedAt\" = NULL WHERE {Of("ImportId", id)}");
        await Messages.UntilAsync(async () => await RunsAsync(id, $"\"State\" = 'Done' AND \"Withdrawn\" = {records}") == 1);
        Assert.Equal(accounts, await identity.RowsAsync(Told));

        // Once; and in the other language.
        var again = await first.ForgeAsync(page, ("Reason", "import-false"), ("Explanation", "样例：再次提出"));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("该次移交已被撤销", await Officer.TextAsync(again), StringComparison.Ordinal);
        Assert.Contains("This hand-over was taken back already", await first.ReadAsync(page + "?lang=en"), StringComparison.Ordinal);
        var english = await second.ReadAsync($"/console/imports/{id}?lang=en");
        Assert.Contains("Withdrawn", english, StringComparison.Ordinal);
        Assert.Contains($"{records} taken back", english, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_handed_it_over_does_not_decide()
    {
        var id = Guid.NewGuid();
        Assert.Equal("1", (await SendAsync(id, "bengbu", [Row()]))["created"]);
        var key = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'security-second'")).ToLowerInvariant();
        await identity.ExecuteAsync($"UPDATE \"Imports\" SET \"StartedBy\" = '{key}' WHERE {Of("Id", id)}");
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var proposal = await ProposeAsync(first, id);
        foreach (var decision in (string[])["approve", "refuse"])
        {
            var refused = await second.DecideAsync(proposal, decision);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("不能复核本人移交的数据", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Contains("待复核", await second.ReadAsync(proposal), StringComparison.Ordinal);
        Assert.Equal(1, await IntermediateAsync("bengbu"));
    }

    [Fact]
    public async Task A_sender_who_is_in_the_middle_of_it_is_stopped_and_the_key_takes_nothing_more()
    {
        var id = Guid.NewGuid();
        var lines = Enumerable.Range(0, 503).Select(i => JsonSerializer.Serialize(i == 0 ? Row() : HandedOver.NewRow())).ToList();
        var (begun, rest) = (string.Join('\n', lines.Take(500)) + "\n", string.Join('\n', lines.Skip(500)));
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var stopped = await HandedOver.SendInPartsAsync(identity, id, "huainan", begun, async () =>
        {
            await Messages.UntilAsync(async () => await identity.RowsAsync($"\"Imports\" WHERE \"Rows\" = 500 AND {Of("Id", id)}") == 1);
            Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await ProposeAsync(first, id), "approve")).StatusCode);
        }, rest);
        Assert.Equal((HttpStatusCode.Conflict, "identity.import.withdrawn"), (stopped.Status, stopped["code"]));
        Assert.Equal(500, await identity.RowsAsync("\"AccountLinks\" WHERE \"Source\" = 'huainan'"));
        await Messages.UntilAsync(async () => await RunsAsync(id, "\"State\" = 'Done' AND \"Withdrawn\" = 4") == 1);
        Assert.Equal(0, await IntermediateAsync("huainan"));

        foreach (var text in (string[])[begun + rest, begun, lines[0]])
        {
            Assert.Equal("identity.import.withdrawn", (await HandedOver.SendAsync(identity, id, "huainan", text))["code"]);
        }

        var official = await Official.SignInAsync(identity, "system", "identity.import");
        var view = await official.GetAsync($"/api/imports/{id}");
        Assert.Equal(("500", ""), (view["rows"], view["endedAt"] ?? ""));
        Assert.NotEmpty(view["withdrawnAt"]!);
    }

    [Fact]
    public async Task A_corrected_file_under_a_new_key_raises_again()
    {
        List<Dictionary<string, object?>> rows = [Row()];
        var (wrong, twice, corrected) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var sent = await SendAsync(wrong, "anqing", rows);
        Assert.Equal(("1", ""), (sent["created"], sent["withdrawnAt"] ?? ""));

        // What two imports bring stands once, under the first one's key.
        Assert.Equal("1", (await SendAsync(twice, "anqing", rows))["known"]);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var nothing = await first.FillAsync($"/console/imports/{twice}/withdrawal", "", ("Reason", "import-mistake"), ("Explanation", "样例：重复移交"));
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
        Assert.Contains("没有可撤销的认证信息", await Officer.TextAsync(nothing), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await ProposeAsync(first, wrong), "approve")).StatusCode);
        await Messages.UntilAsync(async () => await RunsAsync(wrong, "\"State\" = 'Done'") == 1);
        Assert.Equal(0, await IntermediateAsync("anqing"));
        await Messages.UntilAsync(async () => (await identity.Sandbox.MessagesAsync((string)rows[0]["phone"]!)).Exists(m => m.Text.Contains("由原系统移交的认证信息经核查有误", StringComparison.Ordinal)));

        // Most of the corrected file is what the wrong one said, and as old.
        sent = await SendAsync(corrected, "anqing", rows);
        Assert.Equal(("0", "1", "0", "0"), (sent["created"], sent["linked"], sent["known"], sent["rejected"]));
        Assert.Equal("row,code,field\r\n", await HandedOver.ReportAsync(identity, corrected));
        Assert.Equal((1, Kinds.Length), (await IntermediateAsync("anqing"), (int)await identity.RowsAsync($"\"Evidence\" WHERE {Of("ImportId", corrected)}")));
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "anqing", rows))["known"]);
        Assert.Empty(await FaultsAsync());

        // And can be taken back in its turn.
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await ProposeAsync(first, corrected), "approve")).StatusCode);
        await Messages.UntilAsync(async () => await RunsAsync(corrected, "\"State\" = 'Done' AND \"Withdrawn\" = 4") == 1);
        Assert.Equal(0, await IntermediateAsync("anqing"));
    }

    [Fact]
    public async Task Another_import_or_none_written_into_a_record_is_found()
    {
        var id = Guid.NewGuid();
        var row = Row();
        Assert.Equal("1", (await SendAsync(id, "chuzhou", [row]))["created"]);
        var subject = Guid.Parse(await identity.KeyOfAsync((string)row["idNumber"]!));
        Assert.Empty(await FaultsAsync());
        foreach (var edited in (string[])["NULL", $"'{Guid.NewGuid().ToString().ToUpperInvariant()}'"])
        {
            await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ImportId\" = {edited} WHERE \"Place\" = 2 AND {Of("SubjectId", subject)}");
            Assert.Equal((subject, 2, "edited"), Assert.Single(await FaultsAsync()));
        }

        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ImportId\" = '{id.ToString().ToUpperInvariant()}' WHERE \"Place\" = 2 AND {Of("SubjectId", subject)}");
        Assert.Empty(await FaultsAsync());
    }

    /// <summary>Somebody whom the file makes intermediate; each record is of another day, so that the keys of one person's lie far apart.</summary>
    private Dictionary<string, object?> Row()
    {
        var row = HandedOver.NewRow();
        row["evidence"] = Evidence(Kinds);
        return row;
    }

    private object[] Evidence(params string[] kinds) =>
        [.. kinds.Select((kind, i) => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-30 - (100 * i)), reference = "样例-1" })];

    private Task<Answer> SendAsync(Guid id, string source, IEnumerable<Dictionary<string, object?>> rows) =>
        HandedOver.SendAsync(identity, id, source, string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row))));

    private static async Task<string> ProposeAsync(Officer officer, Guid id)
    {
        var made = await officer.FillAsync($"/console/imports/{id}/withdrawal", "", ("Reason", "import-false"), ("Explanation", "样例：经查移交数据不实"));
        Assert.True(made.StatusCode == HttpStatusCode.Found, await Officer.TextAsync(made));
        return made.Headers.Location!.OriginalString;
    }

    /// <summary>How many that a source handed over are at level intermediate.</summary>
    private async Task<int> IntermediateAsync(string source) => (int)await identity.RowsAsync(
        $"\"Grades\" WHERE \"Level\" = 'Intermediate' AND \"SubjectId\" IN (SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = '{source}')");

    private Task<long> RunsAsync(Guid import, string which) => identity.RowsAsync($"\"CounterWithdrawals\" WHERE {which} AND {Of("ImportId", import)}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>By a key, however this database spells it.</summary>
    private static string Of(string column, Guid key) => $"LOWER(CAST(\"{column}\" AS TEXT)) = '{key}'";

    private async Task<IReadOnlyList<(Guid Subject, int Place, string Kind)>> FaultsAsync() =>
        (await IdentityServerApp.VerifyEvidenceAsync(identity.Database.Provider, identity.Database.Source, TestContext.Current.CancellationToken)).Faults;
}

public sealed class ImportWithdrawalsOnSqlite(SqliteIdentity identity) : ImportWithdrawalSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ImportWithdrawalsOnPostgres(PostgresIdentity identity) : ImportWithdrawalSuite(identity), IClassFixture<PostgresIdentity>;
