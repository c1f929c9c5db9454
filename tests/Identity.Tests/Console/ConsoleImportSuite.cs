using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>What cities hand over, as administrators and auditors see it: who sent it, how far it is, what was not taken.</summary>
public abstract class ConsoleImportSuite(IdentityFixture identity)
{
    private const string Source = "huaibei";

    [Fact]
    public async Task An_import_is_shown_with_its_report_page_by_page_and_nothing_personal()
    {
        var rows = Enumerable.Range(0, 55).Select(_ => HandedOver.NewRow()).ToList();
        foreach (var row in rows.Take(52))
        {
            row["idNumber"] = "340102199001011231";
        }

        var id = Guid.NewGuid();
        var text = string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));
        Assert.Equal("3", (await HandedOver.SendByClientAsync(identity, "city", id, Source, text))["created"]);
        using var system = await Officer.SignInAsync(identity, "system");
        var list = await system.ReadAsync("/console/imports");
        Assert.Contains($"href=\"/console/imports/{id}\"", list, StringComparison.Ordinal);
        Assert.Contains("city (city)", list, StringComparison.Ordinal);

        var page = await system.ReadAsync($"/console/imports/{id}");
        foreach (var shown in (string[])["id=\"created\">3<", "id=\"rejected\">52<", "已完成", "<code>idNumber.invalid</code>", "身份证号有误", $"/console/imports/{id}/rejections.csv", ">50</td>"])
        {
            Assert.Contains(shown, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(">51</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hx-get=\"/console/imports", page, StringComparison.Ordinal);
        Assert.Contains($"/console/imports/{id}?after=50", page, StringComparison.Ordinal);
        var second = await system.ReadAsync($"/console/imports/{id}?after=50");
        Assert.Contains(">51</td>", second, StringComparison.Ordinal);
        Assert.Contains(">52</td>", second, StringComparison.Ordinal);
        Assert.DoesNotContain(">50</td>", second, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"pager\"", second, StringComparison.Ordinal);
        var file = await system.ReadAsync($"/console/imports/{id}/rejections.csv");
        Assert.Equal(await HandedOver.ReportAsync(identity, id), file);
        foreach (var personal in (string[])["idNumber", "phone"])
        {
            Assert.DoesNotContain(rows, row => (list + page + second + file).Contains((string)row[personal]!, StringComparison.Ordinal));
        }

        Assert.Contains("The ID number is wrong", await system.ReadAsync($"/console/imports/{id}?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_official_who_sends_is_named_and_an_import_that_broke_off_says_how_it_goes_on()
    {
        var id = Guid.NewGuid();
        Assert.Equal("identity.import.rowTooLong", (await HandedOver.SendAsync(identity, id, Source, new string('x', 70_000)))["code"]);
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var page = await auditor.ReadAsync($"/console/imports/{id}");
        Assert.Contains($"hx-get=\"/console/imports/{id}?renewal=script\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"sender\">统样例<", page, StringComparison.Ordinal);
        Assert.Contains("没有未接收的记录", page, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        page = await auditor.ReadAsync($"/console/imports/{id}");
        Assert.DoesNotContain("hx-get=\"/console/imports", page, StringComparison.Ordinal);
        Assert.Contains("中断，等待续传", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imports_come_page_by_page_the_newest_first()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 21; i++)
        {
            ids.Add(Guid.NewGuid());
            Assert.Equal("0", (await HandedOver.SendByClientAsync(identity, "town", ids[i], Source, ""))["rows"]);
        }

        using var administrator = await Officer.SignInAsync(identity, "audit-administrator");
        var first = await administrator.ReadAsync("/console/imports");
        Assert.All(ids.Skip(1), id => Assert.Contains($"/console/imports/{id}\"", first, StringComparison.Ordinal));
        Assert.DoesNotContain($"/console/imports/{ids[0]}\"", first, StringComparison.Ordinal);
        Assert.Contains($"/console/imports?before={ids[1]}\"", first, StringComparison.Ordinal);
        var second = await administrator.ReadAsync($"/console/imports?before={ids[1]}");
        Assert.Contains($"/console/imports/{ids[0]}\"", second, StringComparison.Ordinal);
        Assert.DoesNotContain($"/console/imports/{ids[1]}\"", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_officials_are_refused_and_what_is_not_there_is_not_found()
    {
        var id = Guid.NewGuid();
        Assert.Equal("0", (await HandedOver.SendByClientAsync(identity, "city", id, Source, ""))["rows"]);
        string[] pages = ["/console/imports", $"/console/imports/{id}", $"/console/imports/{id}/rejections.csv"];
        foreach (var name in (string[])["window", "counter-one"])
        {
            using var other = await Officer.SignInAsync(identity, name);
            foreach (var page in pages)
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(page)).StatusCode);
            }
        }

        using var auditor = await Officer.SignInAsync(identity, "auditor");
        foreach (var page in pages)
        {
            Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync(page)).StatusCode);
        }

        foreach (var page in (string[])[$"/console/imports/{Guid.NewGuid()}", $"/console/imports/{Guid.NewGuid()}/rejections.csv", $"/console/imports?before={Guid.NewGuid()}"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await auditor.GetAsync(page)).StatusCode);
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class ConsoleImportOnSqlite(SqliteIdentity identity) : ConsoleImportSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ConsoleImportOnPostgres(PostgresIdentity identity) : ConsoleImportSuite(identity);
