using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Search, masks, reasons, evidence with its chain, and freezing by two officials. Attack list 63, 64.</summary>
public abstract class ConsoleAccountSuite(IdentityFixture identity)
{
    private const string IdNumber = "340102199001011232";

    [Fact]
    public async Task An_account_is_found_by_a_whole_number_and_shown_masked()
    {
        using var window = await Officer.SignInAsync(identity, "window");
        foreach (var (by, text) in ((string, string)[])[("IdNumber", IdNumber), ("Phone", "138 0000 0001"), ("UserName", "citizen")])
        {
            var answer = await window.FillAsync("/console/accounts", "", ("By", by), ("Text", text));
            var page = (await Officer.TextAsync(answer)).Split("<h2>结果</h2>");
            Assert.True(page.Length == 2, by);
            Assert.Contains("张**", page[1], StringComparison.Ordinal);
            Assert.Contains("3401**********1232", page[1], StringComparison.Ordinal);
            Assert.DoesNotContain("张样例", page[1], StringComparison.Ordinal);
            Assert.DoesNotContain(IdNumber, page[1], StringComparison.Ordinal);
            Assert.DoesNotContain("13800000001", page[1], StringComparison.Ordinal);
            Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        // A part of a number finds nobody, and neither does a pattern.
        foreach (var text in (string[])["3401021990", "%", "34010219900101123_", "' OR 1=1 --"])
        {
            Assert.Contains("没有符合条件的账号", await Officer.TextAsync(await window.FillAsync("/console/accounts", "", ("By", "IdNumber"), ("Text", text))), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await window.FillAsync("/console/accounts", "", ("By", "IdNumber"), ("Text", " "))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await window.FillAsync("/console/accounts", "", ("By", "9"), ("Text", "x"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await window.GetAsync("/console/accounts?by=Frozen&after=forged")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await window.GetAsync($"/console/accounts/{Guid.NewGuid()}")).StatusCode);
        Assert.True(await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.searched' AND \"Result\" = 'ok' AND \"TraceId\" IS NOT NULL AND \"Address\" IS NOT NULL") >= 3);
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%{IdNumber}%'"));
    }

    [Fact]
    public async Task A_value_is_shown_once_against_a_reason_and_its_owner_is_told()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        var page = $"/console/accounts/{await window.FindAsync("IdNumber", applicant.Person.IdNumber)}/unmask";
        Assert.DoesNotContain(applicant.Person.IdNumber, await window.ReadAsync(page), StringComparison.Ordinal);
        foreach (var (reason, explanation) in ((string, string)[])[("", "样例：窗口办理"), ("because", "样例：窗口办理"), ("dispute", ""), ("dispute", "短"), ("dispute", new string('长', 201))])
        {
            var refused = await window.FillAsync(page, "", ("Field", "idNumber"), ("Reason", reason), ("Explanation", explanation));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.DoesNotContain(applicant.Person.IdNumber, await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await window.FillAsync(page, "", ("Field", "passwordHash"), ("Reason", "dispute"), ("Explanation", "样例：窗口办理"))).StatusCode);
        var shown = await window.FillAsync(page, "", ("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例：窗口办理"));
        Assert.Contains(applicant.Person.IdNumber, await Officer.TextAsync(shown), StringComparison.Ordinal);
        Assert.Contains("no-store", shown.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(applicant.Person.IdNumber, await window.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("查看了您的身份证号，理由：身份争议处理", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);

        await window.FillAsync(page, "", ("Field", "phone"), ("Reason", "legal-request"), ("Explanation", "样例：依法查询"));
        Assert.DoesNotContain("您的手机号", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.unmask' AND \"SubjectId\" = '{page.Split('/')[3]}' AND \"ActorId\" IS NOT NULL AND \"Details\" LIKE '%\"field\"%' AND \"Details\" LIKE '%\"reason\"%'"));
    }

    [Fact]
    public async Task Looking_at_many_people_is_stopped_also_in_parallel()
    {
        using var security = await Officer.SignInAsync(identity, "security-second");
        var page = $"/console/accounts/{await security.FindAsync("UserName", "victim")}/unmask";
        async Task<HttpStatusCode> LookAsync() => (await security.FillAsync(page, "", ("Field", "name"), ("Reason", "complaint"), ("Explanation", "样例：投诉处理"))).StatusCode;
        List<HttpStatusCode> answers = [];
        for (var round = 0; round < 4; round++)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LookAsync())));
        }

        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(4, answers.Count(a => a == HttpStatusCode.TooManyRequests));
        Assert.Equal(4, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.unmask' AND \"Result\" = 'console.unmask.limit'"));
    }

    [Fact]
    public async Task Evidence_is_shown_with_its_chain_and_the_grade_of_a_past_moment()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var before = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        var account = $"/console/accounts/{await auditor.FindAsync("IdNumber", applicant.Person.IdNumber)}";
        var now = await auditor.ReadAsync(account);
        Assert.Contains("证据链完整，共 4 条", now, StringComparison.Ordinal);
        Assert.Contains("id=\"level\">中级<", now, StringComparison.Ordinal);
        Assert.Contains("银行卡核验", now, StringComparison.Ordinal);
        var then = await auditor.ReadAsync($"{account}?At={before.ToOffset(TimeSpan.FromHours(8)).AddMinutes(1):yyyy-MM-ddTHH:mm}");
        Assert.Contains("id=\"level\">初级<", then, StringComparison.Ordinal);
        Assert.Contains("升到中级还缺", then, StringComparison.Ordinal);
        Assert.Contains("时间不正确或晚于现在", await auditor.ReadAsync($"{account}?At=2099-01-01T00:00"), StringComparison.Ordinal);
        Assert.Contains("当时尚无分级策略", await auditor.ReadAsync($"{account}?At=2001-01-01T00:00"), StringComparison.Ordinal);

        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"AssuredBy\" = 'somebody' WHERE \"Place\" = 2 AND \"SubjectId\" = '{account.Split('/')[3].ToUpperInvariant()}'");
        Assert.Contains("证据链在第 2 条处断开：记录被改动", await auditor.ReadAsync(account), StringComparison.Ordinal);

        var organisation = await auditor.FillAsync("/console/organisations", "", ("Uscc", "91340100MA2N0000X1"));
        var company = await auditor.ReadAsync(organisation.Headers.Location!.OriginalString);
        Assert.Contains("样例公司", company, StringComparison.Ordinal);
        Assert.Contains("证据链完整", company, StringComparison.Ordinal);
        Assert.Contains("李**", company, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_frozen_by_two_officials_and_every_token_of_it_dies()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await applicant.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var window = await Officer.SignInAsync(identity, "window");
        var account = await window.FindAsync("IdNumber", applicant.Person.IdNumber);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await window.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", "stolen"), ("Explanation", ""))).StatusCode);
        var proposal = await security.ProposeAsync(account);
        Assert.Contains("已有一项申请等待复核", await Officer.TextAsync(await window.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", "fraud"), ("Explanation", "样例：另一项"))), StringComparison.Ordinal);

        // Not by the proposer, not by a counter officer, not without a note.
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "自己批准"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await window.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "窗口批准"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await second.FillAsync(proposal, "", ("Decision", "approve"), ("Note", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Contains(proposal, await second.ReadAsync("/console/proposals"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(tokens.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.Found, (await applicant.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await second.ForgeAsync(proposal, ("Decision", "refuse"), ("Note", "反悔"))).StatusCode);
        Assert.Contains("已冻结", await window.ReadAsync($"/console/accounts/{account}"), StringComparison.Ordinal);
        Assert.Contains(account, await window.ReadAsync("/console/accounts?by=Frozen"), StringComparison.Ordinal);

        var lifting = await window.ProposeAsync(account, "owner-proved");
        Assert.Equal(HttpStatusCode.Found, (await security.DecideAsync(lifting, "approve")).StatusCode);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'proposal.ownDecision' AND \"SubjectId\" = '{account}' AND \"Result\" = 'console.proposal.own'"));
        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'proposal.approved' AND \"SubjectId\" = '{account}'"));
    }

    [Fact]
    public async Task Of_two_who_decide_at_the_same_moment_one_does()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var proposal = await window.ProposeAsync(await window.FindAsync("IdNumber", applicant.Person.IdNumber));
        var answers = await Task.WhenAll(security.DecideAsync(proposal, "approve"), second.DecideAsync(proposal, "refuse"));
        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
    }

    [Fact]
    public async Task An_emergency_freeze_works_at_once_and_falls_away_unconfirmed()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var security = await Officer.SignInAsync(identity, "security");
        var account = await security.FindAsync("IdNumber", applicant.Person.IdNumber);
        var proposal = await security.ProposeAsync(account, emergency: true);
        Assert.Equal(HttpStatusCode.Found, (await applicant.Browser.GetAsync("/account")).StatusCode);
        Assert.Contains("紧急", await security.ReadAsync(proposal), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromHours(24.1));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await identity.RowsAsync($"\"Accounts\" WHERE \"FrozenAt\" IS NULL AND \"Id\" = '{account.ToUpperInvariant()}'") == 0)
        {
            await Task.Delay(200, limit.Token);
        }

        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'proposal.expired' AND \"SubjectId\" = '{account}'"));
        using var again = await Officer.SignInAsync(identity, "security");
        Assert.Contains("已过期", await again.ReadAsync(proposal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_asks_for_a_recent_proof_of_who_decides()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await window.FindAsync("IdNumber", applicant.Person.IdNumber);
        var proposal = await window.ProposeAsync(account);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        var answer = await second.DecideAsync(proposal, "approve");
        Assert.StartsWith("/sign-in?ReturnUrl=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"State\" = 'Pending' AND \"SubjectId\" = '{account.ToUpperInvariant()}'"));
        Assert.Equal(HttpStatusCode.Found, (await window.FillAsync(proposal, "Withdraw")).StatusCode);
    }
}

public sealed class ConsoleAccountOnSqlite(SqliteIdentity identity) : ConsoleAccountSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ConsoleAccountOnPostgres(PostgresIdentity identity) : ConsoleAccountSuite(identity), IClassFixture<PostgresIdentity>;
