using System.Net;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>The policy edited in a page, and the figures that follow. On servers of its own, since it changes everybody's level.</summary>
public abstract class ConsolePolicySuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_policy_is_edited_tried_compared_and_put_in_force_by_a_second_administrator()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        await CountedAsync();
        var (primary, intermediate) = await FiguresAsync(auditor);
        Assert.True(intermediate >= 3, "company, victim and the applicant are intermediate");

        var policy = JsonNode.Parse(await identity.Http.GetStringAsync("/assurance-policy"))!.AsObject();
        policy["person"]!["intermediate"]![0] = new JsonArray("no-such-kind");
        var refused = await security.FillAsync("/console/policies/new", "", ("Document", policy.ToJsonString()), ("Note", "样例：收紧"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var form = await Officer.TextAsync(refused);
        Assert.Contains("person.intermediate[0][0]", form, StringComparison.Ordinal);
        Assert.Contains("没有“no-such-kind”这种证据", form, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await security.FillAsync("/console/policies/new", "", ("Document", "{"), ("Note", "样例"))).StatusCode);

        policy["person"]!["intermediate"]![0] = new JsonArray("counter");
        policy["signIn"]![0]!["level"] = "intermediate";
        var proposed = await security.FillAsync("/console/policies/new", "", ("Document", policy.ToJsonString()), ("Note", "样例：只认窗口"));
        var version = proposed.Headers.Location!.OriginalString;
        Assert.Contains("<del>", await auditor.ReadAsync($"/console/policies/compare?From=1&To={version.Split('/')[^1]}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync(version + "?handler=Activate")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await second.FillAsync(version, "Activate")).StatusCode);

        var run = (await security.FillAsync(version, "DryRun")).Headers.Location!.OriginalString;
        var done = await DoneAsync(auditor, run);
        Assert.Contains(applicant.Person.Name[..1] + "*", done, StringComparison.Ordinal);
        Assert.DoesNotContain(applicant.Person.Name, done, StringComparison.Ordinal);
        Assert.Contains("<progress max=\"100\" value=\"100\"", done, StringComparison.Ordinal);
        Assert.Contains("<dt>降级</dt><dd class=\"number\">1</dd>", done, StringComparison.Ordinal);

        // The officials themselves are signed in with a password alone; the applicant by password and code.
        Assert.Matches("登录方式 <code>pwd</code></td><td>初级</td><td>中级</td><td class=\"number\">[3-9]</td>", done);
        Assert.Contains("<dt>会话降级</dt><dd class=\"number\">1</dd>", done, StringComparison.Ordinal);
        Assert.Contains("与第 1 版（试算时的现行策略）比较", done, StringComparison.Ordinal);

        var earnest = await second.FillAsync(version, "Activate");
        Assert.Equal(HttpStatusCode.Found, earnest.StatusCode);
        await DoneAsync(auditor, earnest.Headers.Location!.OriginalString);
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);

        // The figures follow the changes; no account is counted twice, none is lost.
        await CountedAsync();
        Assert.Equal((primary + 1, intermediate - 1), await FiguresAsync(auditor));
        foreach (var level in (string[])["Primary", "Intermediate"])
        {
            Assert.Equal(
                await identity.RowsAsync($"\"Grades\" WHERE \"Kind\" = 'Person' AND \"Level\" = '{level}'"),
                long.Parse(await identity.ReadAsync($"SELECT COALESCE(SUM(\"Count\"), 0) FROM \"LevelTotals\" WHERE \"Kind\" = 'Person' AND \"Level\" = '{level}'"), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_run_shows_how_far_it_is_and_asks_again_by_itself_until_it_is_done()
    {
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var id = Guid.NewGuid();

        // In the hands of another node, so that it stays where it is while it is looked at.
        await identity.ExecuteAsync(
            "INSERT INTO \"Regradings\" (\"Id\", \"PolicyVersion\", \"DryRun\", \"State\", \"Total\", \"Seen\", \"Raised\", \"Lowered\", \"Changes\", \"Examples\", \"StartedBy\", \"StartedAt\", \"HeldUntil\", \"Turn\") " +
            $"VALUES ('{id.ToString().ToUpperInvariant()}', 1, TRUE, 'Running', 400, 100, 0, 0, '{{}}', '[]', 'test', '2026-01-01 00:00:00', '2100-01-01 00:00:00', 1)");
        try
        {
            var page = await auditor.ReadAsync($"/console/runs/{id}");
            Assert.Contains("<progress max=\"100\" value=\"25\"", page, StringComparison.Ordinal);
            Assert.Contains($"hx-get=\"/console/runs/{id}?renewal=script\"", page, StringComparison.Ordinal);
            await identity.ExecuteAsync($"UPDATE \"Regradings\" SET \"Seen\" = 300 WHERE \"Id\" = '{id.ToString().ToUpperInvariant()}'");
            Assert.Contains("<progress max=\"100\" value=\"75\"", await auditor.ReadAsync($"/console/runs/{id}"), StringComparison.Ordinal);
            await identity.ExecuteAsync($"UPDATE \"Regradings\" SET \"Seen\" = 400, \"State\" = 'Done' WHERE \"Id\" = '{id.ToString().ToUpperInvariant()}'");
            var done = await auditor.ReadAsync($"/console/runs/{id}");
            Assert.Contains("<progress max=\"100\" value=\"100\"", done, StringComparison.Ordinal);
            Assert.DoesNotContain("hx-get=\"/console/runs/", done, StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync($"DELETE FROM \"Regradings\" WHERE \"Id\" = '{id.ToString().ToUpperInvariant()}'");
        }
    }

    [Fact]
    public async Task Figures_stand_in_a_chart_a_table_and_a_file_and_hostile_queries_are_refused()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        await CountedAsync();
        var page = await system.ReadAsync("/console/statistics?kind=Person&days=90");
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.Contains("合肥", page, StringComparison.Ordinal);
        var file = await system.GetAsync("/console/statistics.csv?table=cities&kind=Person");
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("city,primary,intermediate\r\n3401,", await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var query in (string[])["days=99999", "city=34%27--", "city=合肥城市", "kind=7", "kind=nobody"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await system.GetAsync("/console/statistics?" + query)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await system.GetAsync("/console/statistics.csv?table=accounts")).StatusCode);
    }

    private async Task CountedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await identity.CountAsync("LevelChanges") > 0)
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task<(long Primary, long Intermediate)> FiguresAsync(Officer officer)
    {
        var file = await (await officer.GetAsync("/console/statistics.csv?table=days&kind=Person")).Content.ReadAsStringAsync();
        var today = file.TrimEnd().Split("\r\n")[^1].Split(',');
        return (long.Parse(today[1], System.Globalization.CultureInfo.InvariantCulture), long.Parse(today[2], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<string> DoneAsync(Officer officer, string run)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var page = await officer.ReadAsync(run);
            if (page.Contains("已完成", StringComparison.Ordinal))
            {
                return page;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}

public sealed class ConsolePolicyOnSqlite(SqliteIdentity identity) : ConsolePolicySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ConsolePolicyOnPostgres(PostgresIdentity identity) : ConsolePolicySuite(identity), IClassFixture<PostgresIdentity>;
