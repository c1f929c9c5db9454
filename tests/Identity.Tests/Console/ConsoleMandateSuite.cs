using System.Net;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Who may act for whom, as officials see it: masked, noted, and said where it is not as it was recorded.</summary>
public abstract class ConsoleMandateSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Mandates_are_listed_at_organisation_and_agent_masked_in_both_languages_and_each_look_is_noted()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var declined = await company.InviteAsync(agent.Person);
        Company.Expect(await Company.ActAsync(agent, declined, "Decline"));
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var organisation = $"/console/organisations/{company.Id}";
        var list = await auditor.ReadAsync(organisation);
        Assert.Contains($"/console/mandates/{mandate}", list, StringComparison.Ordinal);
        Assert.Contains($"/console/mandates/{declined}", list, StringComparison.Ordinal);
        Assert.Contains("申办事项、领取结果", list, StringComparison.Ordinal);
        Hidden(list, agent);
        var active = await auditor.ReadAsync(organisation + "?mandates=Active");
        Assert.Contains($"/console/mandates/{mandate}", active, StringComparison.Ordinal);
        Assert.DoesNotContain($"/console/mandates/{declined}", active, StringComparison.Ordinal);
        Assert.Contains("没有授权。", await auditor.ReadAsync(organisation + "?mandates=Suspended"), StringComparison.Ordinal);

        var account = await auditor.ReadAsync($"/console/accounts/{Guid.Parse(await identity.KeyOfAsync(agent.Person.IdNumber))}");
        Assert.Contains("作为经办人的授权", account, StringComparison.Ordinal);
        Assert.Contains($"/console/mandates/{mandate}\">{company.Organisation.Name}<", account, StringComparison.Ordinal);
        Hidden(account, agent);

        var page = await auditor.ReadAsync($"/console/mandates/{mandate}");
        Assert.Contains("核验通过：2 条签名记录完整", page, StringComparison.Ordinal);
        Assert.Contains("经办人接受", page, StringComparison.Ordinal);
        Hidden(page, agent);
        Hidden(page, company.Representative);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'mandate.viewed' AND \"SubjectId\" = '{mandate}' AND \"ActorId\" IS NOT NULL AND \"ActorName\" = '官样例'"));
        Assert.Equal(HttpStatusCode.NotFound, (await auditor.GetAsync($"/console/mandates/{Guid.NewGuid()}")).StatusCode);

        // More than a page, newest first: the oldest stands on the second.
        var copies = await MandateForger.CopyAsync(identity, mandate, 25);
        var first = await auditor.ReadAsync(organisation + "?mandates=Active");
        Assert.Contains($"/console/mandates/{copies[^1]}", first, StringComparison.Ordinal);
        Assert.DoesNotContain($"/console/mandates/{mandate}", first, StringComparison.Ordinal);
        Assert.Contains($"?mandates=Active&before={copies[5]}", first, StringComparison.Ordinal);
        Assert.Contains($"/console/mandates/{mandate}", await auditor.ReadAsync($"{organisation}?mandates=Active&before={copies[5]}"), StringComparison.Ordinal);
        Assert.Contains("核验不通过：该授权没有任何签名记录", await auditor.ReadAsync($"/console/mandates/{copies[0]}"), StringComparison.Ordinal);

        Assert.Contains("No mandates.", await auditor.ReadAsync(organisation + "?mandates=Suspended&lang=en"), StringComparison.Ordinal);
        Assert.Contains("It verifies: 2 signed records are whole", await auditor.ReadAsync($"/console/mandates/{mandate}?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_reads_accounts_reads_mandates_and_whoever_proves_something_takes_a_record()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var page = $"/console/mandates/{mandate}";
        var record = page + "/records/2";
        var chain = (await Records.DownloadAsync(agent, mandate)).Chain;
        foreach (var (name, reads, takes) in ((string, bool, bool)[])[
            ("window", true, false), ("security", true, false), ("audit-administrator", true, true), ("auditor", true, true), ("system", false, false), ("clerk", false, false), ("citizen", false, false)])
        {
            using var official = await Officer.SignInAsync(identity, name);
            var shown = await official.GetAsync(page);
            Assert.True(shown.StatusCode == (reads ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{name}: {shown.StatusCode}");
            Assert.Equal(takes, (await Officer.TextAsync(shown)).Contains($"href=\"{record}\"", StringComparison.Ordinal));
            var taken = await official.GetAsync(record);
            Assert.True(taken.StatusCode == (takes ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{name}: {taken.StatusCode}");
            if (takes)
            {
                Assert.Equal("application/jose", taken.Content.Headers.ContentType!.MediaType);
                Assert.Equal(chain[1], await taken.Content.ReadAsStringAsync());
                Assert.Equal(HttpStatusCode.NotFound, (await official.GetAsync(page + "/records/9")).StatusCode);
            }
        }

        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'mandate.recordTaken' AND \"SubjectId\" = '{mandate}' AND \"ActorId\" IS NOT NULL"));
        Assert.Equal(6, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'console.denied' AND \"Details\" LIKE '%{page}%'"));
        using var visitor = identity.NewBrowser();
        Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetAsync(page)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetAsync(record)).StatusCode);
    }

    [Fact]
    public async Task What_is_not_as_it_was_recorded_is_shown_as_not_verifying()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var (powerful, revived, swapped) = (await company.EmpowerAsync(agent), await company.EmpowerAsync(agent), await company.EmpowerAsync(agent));
        Company.Expect(await Company.ActAsync(company.Representative, revived, "Revoke"));
        await MandateForger.EditAsync(identity, powerful, m => m.Powers = [.. m.Powers, "pay"]);
        await MandateForger.RemoveStepAsync(identity, revived, 3);
        await MandateForger.EditAsync(identity, revived, m => (m.State, m.Version) = (MandateState.Active, 2));

        // What needs the keys to be seen: the row of the step is as it was, and the record in it is another.
        await MandateForger.SwapRecordAsync(identity, swapped, 1, 2);
        foreach (var (mandate, chinese, english) in ((Guid, string, string)[])[
            (powerful, "授权的内容或状态与签名记录不一致", "terms or state are not what the signed records say"), (revived, "第 3 号签名记录被删除", "signed record 3 is missing"),
            (swapped, "第 2 号签名记录的签名或内容不符", "signature or content of signed record 2 does not hold")])
        {
            Assert.Contains(chinese, await auditor.ReadAsync($"/console/mandates/{mandate}?lang=zh-CN"), StringComparison.Ordinal);
            var page = await auditor.ReadAsync($"/console/mandates/{mandate}?lang=en");
            Assert.Contains(english, page, StringComparison.Ordinal);
            Assert.Equal(mandate == swapped, page.Contains(">does not verify<", StringComparison.Ordinal));
        }
    }

    private static void Hidden(string page, Applicant person)
    {
        Assert.DoesNotContain(person.Person.Name, page, StringComparison.Ordinal);
        Assert.DoesNotContain(person.Person.IdNumber, page, StringComparison.Ordinal);
        Assert.Contains(person.Person.Name[..1] + "*", page, StringComparison.Ordinal);
    }
}

public sealed class ConsoleMandateOnSqlite(SqliteIdentity identity) : ConsoleMandateSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ConsoleMandateOnPostgres(PostgresIdentity identity) : ConsoleMandateSuite(identity), IClassFixture<PostgresIdentity>;
