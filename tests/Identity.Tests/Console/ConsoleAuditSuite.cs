using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.AuditSearch;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>The audit searched, exported so that it can be checked, verified from the page; reading it leaves a trace in it.</summary>
public abstract class ConsoleAuditSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Records_are_found_by_who_whom_what_result_trace_and_time_and_reading_is_recorded()
    {
        using var window = await Officer.SignInAsync(identity, "window");
        var account = await window.FindAsync("UserName", "victim");
        await window.ReadAsync($"/console/accounts/{account}");
        await window.GetAsync("/console/audit");
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        foreach (var query in (string[])[$"Subject={account}", "Actor=window&Action=account.viewed", "Action=console.denied&Result=identity.official.role", $"Trace={await TraceAsync("account.viewed")}", "From=2026-01-01T00:00&To=2099-01-01T00:00&Action=account.viewed"])
        {
            var page = await auditor.ReadAsync("/console/audit?" + query);
            Assert.False(page.Contains("没有符合条件的记录", StringComparison.Ordinal), query);
            Assert.Contains("周样例", page, StringComparison.Ordinal);
        }

        foreach (var query in (string[])["To=2020-01-01T00:00", "From=2099-01-01T00:00", "Actor=nobody", "Result=no.such"])
        {
            Assert.Contains("没有符合条件的记录", await auditor.ReadAsync("/console/audit?" + query), StringComparison.Ordinal);
        }

        foreach (var query in (string[])["Actor=%27%20OR%201%3D1", "From=yesterday", "Before=forged", "Action=" + new string('a', 101), "Subject=%00"])
        {
            Assert.True((int)(await auditor.GetAsync("/console/audit?" + query)).StatusCode is 400 or 422, query);
        }

        // Page by page, nothing twice.
        for (var i = 0; i < 60; i++)
        {
            await auditor.ReadAsync("/console/audit?Action=audit.read");
        }

        var first = await auditor.ReadAsync("/console/audit?Action=audit.read");
        var next = System.Text.RegularExpressions.Regex.Match(first, "Before=(?<n>\\d+)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["n"].Value;
        var second = await auditor.ReadAsync("/console/audit?Action=audit.read&Before=" + next);
        Assert.Empty(Numbers(first).Intersect(Numbers(second)));
        Assert.Equal(50, Numbers(first).Count);
        Assert.True(Numbers(second).Max() < long.Parse(next, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact] // 64
    public async Task What_names_a_person_is_searched_for_nowhere_and_stands_in_no_address_and_no_record()
    {
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        foreach (var (field, typed) in ((string, string)[])
            [("Subject", "340102199001011232"), ("Actor", "34010219900101123x"), ("Subject", "13800000001"), ("Actor", "138-0000-0001"), ("Subject", "１３８００００００01"), ("Trace", "no-13800000001"), ("Subject", "张样例"), ("Actor", "张样例")])
        {
            var refused = await auditor.FillAsync("/console/audit", "", (field, typed));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var page = await Officer.TextAsync(refused);
            Assert.Contains("审计中没有姓名、身份证号和手机号", page, StringComparison.Ordinal);
            Assert.Contains($"value=\"{typed}\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain($"{field}={Uri.EscapeDataString(typed)}", page, StringComparison.Ordinal);

            // By an address that somebody wrote himself neither, and no file.
            foreach (var path in (string[])["/console/audit?", "/console/audit/export?format=csv&"])
            {
                Assert.Equal(HttpStatusCode.UnprocessableEntity, (await auditor.GetAsync($"{path}{field}={Uri.EscapeDataString(typed)}")).StatusCode);
            }
        }

        foreach (var typed in (string[])["340102199001011232", "13800000001", "张样例"])
        {
            Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" IN ('audit.read', 'audit.exported') AND (\"Details\" LIKE '%{typed}%' OR \"Details\" LIKE '%{Uri.EscapeDataString(typed)}%')"));
        }

        // The form leads to an address with keys alone: a user name becomes one.
        var window = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'window'")).ToLowerInvariant();
        var found = await auditor.FillAsync("/console/audit", "", ("Actor", "window"), ("Action", "session.begin"));
        Assert.Equal($"/console/audit?Actor={window}&Action=session.begin", found.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Records_are_found_by_where_they_came_from_on_the_page_and_in_the_file()
    {
        using var elsewhere = new Browser(identity.Issuer, IPAddress.Parse("127.0.0.77"));
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync("window", returnUrl: "/console")).StatusCode);
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync($"/console/accounts/{await auditor.FindAsync("UserName", "victim")}")).StatusCode);
        var now = identity.Time.GetUtcNow().ToOffset(TimeSpan.FromHours(8));
        var period = $"&From={now.AddDays(-15):yyyy-MM-ddTHH:mm}&To={now.AddDays(15):yyyy-MM-ddTHH:mm}";
        foreach (var query in (string[])["Address=127.0.0.77", "Address=127.0.0.77&Actor=window", "Address=::ffff:127.0.0.77", "Address=127.0.0.0/24&Actor=window&Action=account.viewed" + period, "Address=127.0.0.77" + period])
        {
            Assert.Contains("周样例", await auditor.ReadAsync("/console/audit?" + query), StringComparison.Ordinal);
        }

        foreach (var query in (string[])["Address=127.0.0.78", "Address=127.0.0.7", "Address=127.0.1.0/24" + period, "Address=2001:db8:1:2::/64" + period, "Address=127.0.0.77&Actor=security"])
        {
            Assert.Contains("没有符合条件的记录", await auditor.ReadAsync("/console/audit?" + query), StringComparison.Ordinal);
        }

        // What is none, or would have to be sorted from all years.
        var years = $"&From={now.AddDays(-40):yyyy-MM-ddTHH:mm}&To={now:yyyy-MM-ddTHH:mm}";
        foreach (var query in (string[])
            ["Address=127.0.0.%25", "Address=127.1", "Address=13800000001", "Address=340102199001011232", "Address=127.0.0.77%27%20OR%201%3D1", "Address=127.0.0.0/24", "Address=127.0.0.0/24" + years, "Address=127.0.0.0/20" + period, "Address=::/0" + period])
        {
            foreach (var path in (string[])["/console/audit?", "/console/audit/export?format=ndjson&"])
            {
                Assert.Equal(HttpStatusCode.UnprocessableEntity, (await auditor.GetAsync(path + query)).StatusCode);
            }
        }

        var refused = await auditor.FillAsync("/console/audit", "", ("Address", "127.0.0.0/24"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("id=\"Address-error\"", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal("/console/audit?Address=127.0.0.77", (await auditor.FillAsync("/console/audit", "", ("Address", " 127.0.0.77 "))).Headers.Location?.OriginalString);

        var file = await (await auditor.GetAsync("/console/audit/export?format=ndjson&Address=127.0.0.77")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var records = file.TrimEnd('\n').Split('\n')[1..^1].Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.NotEmpty(records);
        Assert.All(records, r => Assert.EndsWith("127.0.0.77", r.GetProperty("address").GetString(), StringComparison.Ordinal));

        await using var scope = identity.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<AuditQueries>().OfAsync(new AuditFilter { Address = "203.0.113.7" }, TestContext.Current.CancellationToken);
        var plan = await Plans.OfAsync(scope.ServiceProvider.GetRequiredService<IdentityContext>(), found.OrderByDescending(r => r.Sequence).Take(51));
        Assert.Contains("IX_AuditRecords_Address_Sequence", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Actions_stand_in_words_and_a_subject_leads_to_its_page()
    {
        using var window = await Officer.SignInAsync(identity, "window");
        var account = await window.FindAsync("UserName", "victim");
        await window.ReadAsync($"/console/accounts/{account}");
        var organisation = (await window.FillAsync("/console/organisations", "", ("Uscc", "91340100MA2N0000X1"))).Headers.Location!.OriginalString;
        await window.ReadAsync(organisation);
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var viewed = await auditor.ReadAsync($"/console/audit?Action=account.viewed&Subject={account}");
        Assert.Contains($"<a href=\"/console/accounts/{account}\">{account}</a>", viewed, StringComparison.Ordinal);
        Assert.Contains("<span>查看账号</span>", viewed, StringComparison.Ordinal);
        Assert.Matches("<option[^>]*selected[^>]*>account\\.viewed", viewed);
        Assert.Contains("value=\"account.unmask\">account.unmask · 查看完整信息<", viewed, StringComparison.Ordinal);
        Assert.Contains($"href=\"{organisation}\"", await auditor.ReadAsync("/console/audit?Action=organisation.viewed"), StringComparison.Ordinal);
        Assert.Contains("<span>account viewed</span>", await auditor.ReadAsync($"/console/audit?Action=account.viewed&Subject={account}&lang=en"), StringComparison.Ordinal);

        // An official is shown on the page of officials; a subject that is nobody's key leads nowhere, and neither does an action that is written no more.
        var official = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'window'")).ToLowerInvariant();
        Assert.Contains($"href=\"/console/staff/{official}\"", await auditor.ReadAsync($"/console/audit?Action=session.begin&Subject={official}&lang=zh-CN"), StringComparison.Ordinal);
        Assert.Matches("<option[^>]*selected[^>]*>no\\.such<", await auditor.ReadAsync("/console/audit?Action=no.such"));
        foreach (var page in (string[])[$"/console/accounts/{account}", organisation, $"/console/staff/{official}"])
        {
            Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync(page)).StatusCode);
        }
    }

    [Fact]
    public async Task An_export_can_be_checked_without_the_server()
    {
        using var auditor = await Officer.SignInAsync(identity, "audit-administrator");
        var lines = (await (await auditor.GetAsync("/console/audit/export?format=ndjson")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd('\n').Split('\n');
        var records = lines[1..^1].Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var previous = new string('0', 64);
        var sequence = 0L;
        foreach (var r in records)
        {
            Assert.Equal(++sequence, r.GetProperty("sequence").GetInt64());
            Assert.Equal(previous, r.GetProperty("previousHash").GetString());
            var hashed = JsonSerializer.Serialize(new object?[]
            {
                sequence, r.GetProperty("atMicroseconds").GetInt64(), Text(r, "action"), Text(r, "subjectId"), Text(r, "actorId"), Text(r, "actorName"), Text(r, "address"),
                Text(r, "traceId"), Text(r, "result"), Text(r, "details"), previous,
            });
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed)));
            Assert.Equal(previous, r.GetProperty("hash").GetString());
        }

        var end = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.Equal(records.Count, end.GetProperty("records").GetInt64());
        Assert.Equal(end.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines[..^1]) + "\n"))));
        Assert.Equal("audit.exported", Text(records[^1], "action"));

        using var window = await Officer.SignInAsync(identity, "window");
        Assert.Equal(HttpStatusCode.Forbidden, (await window.GetAsync("/console/audit/export?format=ndjson")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await auditor.GetAsync("/console/audit/export?format=exe")).StatusCode);

        static string? Text(JsonElement r, string name) => r.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_spreadsheet_runs_nothing_of_what_somebody_typed()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        var name = "formula-" + Guid.NewGuid().ToString("N")[..6];
        await system.FillAsync("/console/staff/new", "", ("UserName", name), ("Name", "=HYPERLINK(\"http://evil.example\")"), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", "样例部门"));
        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"InitialPassword\" = {False} , \"Roles\" = {CounterRole} WHERE \"Id\" = (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = '{name}')");
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"PasswordHash\" = (SELECT \"PasswordHash\" FROM \"Accounts\" WHERE \"UserName\" = 'window') WHERE \"UserName\" = '{name}'");
        using var hostile = await Officer.SignInAsync(identity, name, "password-window");
        await hostile.FindAsync("UserName", "victim");
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var file = await (await auditor.GetAsync("/console/audit/export?format=csv&Action=account.searched&Actor=" + name)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("'=HYPERLINK", file, StringComparison.Ordinal);
        Assert.DoesNotContain(",=HYPERLINK", file, StringComparison.Ordinal);
        Assert.DoesNotContain(",\"=HYPERLINK", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chain_is_verified_from_the_page_and_an_edited_record_is_named()
    {
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await auditor.FillAsync("/console/audit/verifications", "", ("From", "0"), ("To", "5"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await auditor.FillAsync("/console/audit/verifications", "", ("From", "1"), ("To", "99999999"))).StatusCode);
        Assert.Contains("完整，共 3 条", await VerifyAsync(auditor, 3, 5), StringComparison.Ordinal);
        var action = await identity.ReadAsync("SELECT \"Action\" FROM \"AuditRecords\" WHERE \"Sequence\" = 4");
        await identity.ExecuteAsync("UPDATE \"AuditRecords\" SET \"Action\" = 'edited' WHERE \"Sequence\" = 4");
        try
        {
            Assert.Contains("第 4 条被改动", await VerifyAsync(auditor, 2, 5), StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync($"UPDATE \"AuditRecords\" SET \"Action\" = '{action}' WHERE \"Sequence\" = 4");
        }
    }

    [Fact]
    public async Task A_walk_from_the_first_record_judges_what_stands_beside_the_chain_as_well()
    {
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var head = Path.Combine(identity.DataDirectory, "audit-head.json");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists(head))
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.Contains("完整，共 5 条", Newest(await VerifyAsync(auditor, 1, 5)), StringComparison.Ordinal);

        // What is no timestamp, over the record's own hash: the chain holds, the anchor does not.
        await identity.ExecuteAsync($"INSERT INTO \"AuditAnchors\" (\"Sequence\", \"Hash\", \"At\", \"Token\") VALUES (3, (SELECT \"Hash\" FROM \"AuditRecords\" WHERE \"Sequence\" = 3), '2026-01-01 00:00:00', {NoToken})");
        try
        {
            Assert.Contains("第 3 条的时间戳无效", Newest(await VerifyAsync(auditor, 1, 5)), StringComparison.Ordinal);
            Assert.Contains("完整，共 4 条", Newest(await VerifyAsync(auditor, 2, 5)), StringComparison.Ordinal);
            await identity.ExecuteAsync("UPDATE \"AuditAnchors\" SET \"Hash\" = UPPER(\"Hash\")");
            Assert.Contains("第 3 条与其时间戳不一致", Newest(await VerifyAsync(auditor, 1, 5)), StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync("DELETE FROM \"AuditAnchors\" WHERE \"Sequence\" = 3");
        }

        // What was cut off at the end: the database no longer has what was noted outside. It is put back before the server needs it.
        var noted = await File.ReadAllTextAsync(head, limit.Token);
        var ahead = System.Text.Json.Nodes.JsonNode.Parse(noted)!;
        ahead["sequence"] = 999_999;
        try
        {
            string page;
            do
            {
                await File.WriteAllTextAsync(head, ahead.ToJsonString(), limit.Token);
                page = Newest(await VerifyAsync(auditor, 1, 5));
            }
            while (!(await File.ReadAllTextAsync(head, limit.Token)).Contains("999999", StringComparison.Ordinal)); // the server was just about to write its own

            Assert.Contains("末尾被删除", page, StringComparison.Ordinal);

            // What can no longer be read is not as if nothing had been noted.
            do
            {
                await File.WriteAllTextAsync(head, "{", limit.Token);
                page = Newest(await VerifyAsync(auditor, 1, 5));
            }
            while (await File.ReadAllTextAsync(head, limit.Token) != "{");

            Assert.Contains("tag bad\">库外所记的末端文件已损坏", page, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(head, noted, limit.Token);
        }
    }

    private string NoToken => identity is PostgresIdentity ? "'\\x00'::bytea" : "x'00'";

    /// <summary>What the page says of the walk that began last.</summary>
    private static string Newest(string page) => page.Split("<ul class=\"timeline\">")[1].Split("</li>")[0];

    private string False => identity is PostgresIdentity ? "false" : "0";

    private string CounterRole => identity is PostgresIdentity ? "ARRAY['counter-officer']" : "'[\"counter-officer\"]'";

    private static async Task<string> VerifyAsync(Officer auditor, long from, long to)
    {
        Assert.Equal(HttpStatusCode.Found, (await auditor.FillAsync("/console/audit/verifications", "", ("From", $"{from}"), ("To", $"{to}"))).StatusCode);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var page = await auditor.ReadAsync("/console/audit/verifications");
            if (!page.Contains("<progress", StringComparison.Ordinal))
            {
                return page;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    private static List<long> Numbers(string page) => [.. System.Text.RegularExpressions.Regex.Matches(page, "data-label=\"#\" class=\"number\">(?<n>\\d+)<", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
        .Select(m => long.Parse(m.Groups["n"].Value, System.Globalization.CultureInfo.InvariantCulture))];

    private Task<string> TraceAsync(string action) => identity.ReadAsync($"SELECT \"TraceId\" FROM \"AuditRecords\" WHERE \"Action\" = '{action}' AND \"TraceId\" IS NOT NULL ORDER BY \"Sequence\" DESC LIMIT 1");
}

public sealed class ConsoleAuditOnSqlite(SqliteIdentity identity) : ConsoleAuditSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ConsoleAuditOnPostgres(PostgresIdentity identity) : ConsoleAuditSuite(identity), IClassFixture<PostgresIdentity>;
