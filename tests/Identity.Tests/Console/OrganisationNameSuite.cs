using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Organisations;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Organisations by the beginning of their name: which are found, in which order, page by page, and what the search leaves behind.</summary>
public abstract class OrganisationNameSuite(IdentityFixture identity)
{
    private const string IdNumber = "340102199001011232";

    [Fact]
    public async Task An_organisation_is_found_by_the_beginning_of_its_name_page_by_page()
    {
        for (var n = 0; n < 45; n++)
        {
            await identity.ExecuteAsync(
                $"INSERT INTO \"Organisations\" (\"Id\", \"Uscc\", \"Name\", \"LegalRepresentativeId\", \"CreatedAt\") VALUES ('{Guid.NewGuid().ToString().ToUpperInvariant()}', 'FOUND{n:0000000000000}', " +
                $"'检索甲公司{(n < 3 ? "同名" : $"{n:000}")}', (SELECT \"LegalRepresentativeId\" FROM \"Organisations\" WHERE \"Uscc\" = '91340100MA2N0000X1'), '2026-01-01 00:00:00')");
        }

        using var window = await Officer.SignInAsync(identity, "window");
        async Task<(HttpStatusCode Status, string Page)> SearchAsync(params (string, string)[] fields)
        {
            var answer = await window.FillAsync("/console/organisations", "", fields);
            return (answer.StatusCode, await Officer.TextAsync(answer));
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        var after = "";
        for (var place = 0; place < 3; place++)
        {
            var (_, page) = await SearchAsync(("Name", "检索甲"), ("After", after));
            var keys = Keys(page);
            Assert.Equal(place < 2 ? 20 : 5, keys.Count);
            Assert.True(keys.TrueForAll(seen.Add));
            after = System.Text.RegularExpressions.Regex.Match(page, "name=\"After\" value=\"(?<k>[0-9a-f-]{36})\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["k"].Value;
            Assert.Equal(place < 2, after.Length > 0);
        }

        // Of the same name all are there.
        Assert.Equal(3, Keys((await SearchAsync(("Name", "检索甲公司同名"))).Page).Count);
        Assert.Equal(5, Keys((await SearchAsync(("Name", "检索甲公司04"))).Page).Count);
        foreach (var (name, at) in ((string, string)[])[("%索", ""), ("检_甲", ""), ("甲公司", ""), ("检索甲公司同名' OR 1=1 --", "")])
        {
            Assert.Contains("没有该组织", (await SearchAsync(("Name", name), ("After", at))).Page, StringComparison.Ordinal);
        }

        var other = seen.First();
        foreach (var (name, key) in ((string, string)[])[("检", ""), ("检索甲", "forged"), ("检索甲", Guid.NewGuid().ToString()), ("样例", other), (new string('检', 101), "")])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SearchAsync(("Name", name), ("After", key))).Status);
        }

        // What was typed is in no record: it may be a person's name; nor is a number of somebody that was taken for a code.
        await SearchAsync(("Uscc", IdNumber));
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%检索%' OR \"Details\" LIKE '%{IdNumber}%'"));
        Assert.True(await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'organisation.searched' AND \"Details\" LIKE '%\"by\":\"Name\"%' AND \"ActorName\" = '周样例'") >= 5);
        using var system = await Officer.SignInAsync(identity, "system");
        Assert.Equal(HttpStatusCode.Forbidden, (await system.ForgeAsync("/console/organisations", ("Name", "检索甲"))).StatusCode);

        static List<string> Keys(string page) => [.. System.Text.RegularExpressions.Regex.Matches(page, "/console/organisations/(?<k>[0-9a-f-]{36})", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups["k"].Value)];
    }

    [Fact]
    public async Task A_page_of_names_is_read_from_the_index_in_its_order_the_first_one_and_a_later_one()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var last = new Organisation { Id = Guid.NewGuid(), Uscc = "", Name = "样例公司" };
        foreach (var after in (Organisation?[])[null, last])
        {
            var plan = await Plans.OfAsync(database, OrganisationNames.Beginning(database, "样例", after).Take(21));
            Assert.Contains("IX_Organisations_Name_Id", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        }
    }
}

public sealed class OrganisationNameOnSqlite(SqliteIdentity identity) : OrganisationNameSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class OrganisationNameOnPostgres(PostgresIdentity identity) : OrganisationNameSuite(identity), IClassFixture<PostgresIdentity>;
