using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Disputes;
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

        // Of a lawful inquiry the owner is not told: whoever serves people at a counter cannot give it as the reason, and whoever can names the order.
        Task<HttpResponseMessage> InquireAsync(Officer officer, string reference) =>
            officer.FillAsync(page, "", ("Field", "phone"), ("Reason", "legal-request"), ("Reference", reference), ("Explanation", "样例：依法查询"));
        const string order = "HF-2026-118";
        Assert.DoesNotContain("legal-request", await window.ReadAsync(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await InquireAsync(window, order)).StatusCode);
        using var security = await Officer.SignInAsync(identity, "security");
        foreach (var reference in (string[])["", "12", "法院调查令", new string('1', 61), $"{applicant.Person.IdNumber}号"])
        {
            var unnamed = await InquireAsync(security, reference);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, unnamed.StatusCode);
            Assert.Contains("id=\"Reference-error\"", await Officer.TextAsync(unnamed), StringComparison.Ordinal);
        }

        Assert.Contains(applicant.Person.Phone, await Officer.TextAsync(await InquireAsync(security, order)), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.unmask' AND \"SubjectId\" = '{page.Split('/')[3]}' AND \"Details\" LIKE '%{order}%'"));
        Assert.DoesNotContain("您的手机号", await applicant.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.unmask' AND \"SubjectId\" = '{page.Split('/')[3]}' AND \"ActorId\" IS NOT NULL AND \"Details\" LIKE '%\"field\"%' AND \"Details\" LIKE '%\"reason\"%'"));
    }

    [Fact] // 64
    public async Task What_officials_say_in_their_own_words_holds_no_number_of_anybody_for_it_is_never_erased()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        using var security = await Officer.SignInAsync(identity, "security");
        var account = $"/console/accounts/{await window.FindAsync("IdNumber", applicant.Person.IdNumber)}";
        var number = applicant.Person.IdNumber;
        string[] written =
        [
            $"样例：{number}", $"样例：{number[..6]} {number[6..14]} {number[14..]}", $"tel{applicant.Person.Phone}ok", $"样例：{applicant.Person.Phone[..3]}-{applicant.Person.Phone[3..7]}-{applicant.Person.Phone[7..]}",
            $"样例：{applicant.Person.Phone[..3]}.{applicant.Person.Phone[3..7]}.{applicant.Person.Phone[7..]}", $"样例：{number[..6]}/{number[6..10]}-{number[10..12]}-{number[12..14]}·{number[14..]}",
            $"样例：+86{applicant.Person.Phone}", "样例：" + string.Concat(number.Select(c => char.IsAsciiDigit(c) ? (char)(c - '0' + '０') : c)),
        ];
        foreach (var text in written)
        {
            await RefusedAsync(await window.FillAsync(account + "/unmask", "", ("Field", "name"), ("Reason", "dispute"), ("Explanation", text)), text);
            await RefusedAsync(await window.FillAsync(account + "/freeze", "", ("Reason", "stolen"), ("Explanation", text)), text);
        }

        var proposal = await window.ProposeAsync(account.Split('/')[^1]);
        await RefusedAsync(await security.FillAsync(proposal, "", ("Decision", "refuse"), ("Note", written[0])), written[0]);
        Assert.Equal(HttpStatusCode.Found, (await window.FillAsync(proposal, "Withdraw")).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%{number}%' OR \"Details\" LIKE '%{applicant.Person.Phone}%'"));

        // Dates, numbers of cases and amounts are no one's number.
        const string plain = "样例：（2026）皖01刑初123号，2026-11-28 10:30，共 1500000 元，流水 2026-11-28 1234567";
        Assert.Equal(HttpStatusCode.OK, (await window.FillAsync(account + "/unmask", "", ("Field", "name"), ("Reason", "dispute"), ("Explanation", plain))).StatusCode);

        static async Task RefusedAsync(HttpResponseMessage answer, string typed)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var page = await Officer.TextAsync(answer);
            Assert.Contains("请去掉身份证号、手机号", page, StringComparison.Ordinal);
            Assert.Contains(typed, page, StringComparison.Ordinal);
        }
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

    [Fact] // 64
    public async Task Numbers_that_nobody_has_are_tried_so_often_and_no_more_also_in_parallel()
    {
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        Task<HttpResponseMessage> TryAsync(string number) => counter.FillAsync("/console/accounts", "", ("By", "IdNumber"), ("Text", number));
        List<string> answers = [];
        for (var round = 0; round < 6; round++)
        {
            var tried = await Task.WhenAll(Enumerable.Range(round * 6, 6).Select(n => TryAsync($"3401021890010{n:00000}")));
            answers.AddRange(await Task.WhenAll(tried.Select(async t => $"{(int)t.StatusCode} {await Officer.TextAsync(t)}")));
        }

        Assert.Equal(30, answers.Count(a => a.StartsWith("200", StringComparison.Ordinal) && a.Contains("没有符合条件的账号", StringComparison.Ordinal)));
        Assert.Equal(6, answers.Count(a => a.StartsWith("429", StringComparison.Ordinal) && a.Contains("未作查找", StringComparison.Ordinal) && !a.Contains("没有符合条件的账号", StringComparison.Ordinal)));

        // Nor is one found that somebody has; by a user name there is nothing to try, and nobody else waits.
        var known = await TryAsync(IdNumber);
        Assert.Equal(HttpStatusCode.TooManyRequests, known.StatusCode);
        Assert.DoesNotContain("3401**********1232", await Officer.TextAsync(known), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await counter.FillAsync("/console/accounts", "", ("By", "Phone"), ("Text", "13800000001"))).StatusCode);
        Assert.NotEqual("", await counter.FindAsync("UserName", "citizen"));
        using var window = await Officer.SignInAsync(identity, "window");
        Assert.NotEqual("", await window.FindAsync("IdNumber", IdNumber));
        Assert.Equal(30, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.searched' AND \"Result\" = 'console.search.none' AND \"ActorName\" = '郑样例'"));
        Assert.Equal(8, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.searched' AND \"Result\" = 'console.search.limit' AND \"SubjectId\" IS NULL AND \"ActorName\" = '郑样例'"));

        identity.Time.Advance(TimeSpan.FromMinutes(61));
        using var later = await Officer.SignInAsync(identity, "counter-one");
        Assert.NotEqual("", await later.FindAsync("IdNumber", IdNumber));
    }

    [Fact] // 64
    public async Task A_masked_name_is_not_confirmed_by_trying_names_without_end_also_page_by_page_and_in_parallel()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);

        // What other tests searched for lies more than an hour back.
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        await using var server = await identity.StartSecondAsync(5, ("Console:Search:NamesPerHour", "6"));
        using var auditor = new Browser($"http://localhost:{identity.BasePort + 5}");
        Assert.Equal(HttpStatusCode.Found, (await auditor.SignInAsync("auditor", returnUrl: "/console/accounts")).StatusCode);
        var form = await auditor.ReadAsync("/console/accounts");
        Task<HttpResponseMessage> TryAsync(string by, string text, string after = "") => auditor.SubmitAsync("/console/accounts", form, ("By", by), ("Text", text), ("After", after));

        List<HttpResponseMessage> answers = [];
        foreach (var family in (string[])["赵", "钱", "孙"])
        {
            // A page that follows none is a trial like any other.
            answers.AddRange(await Task.WhenAll(TryAsync("Name", family + "一"), TryAsync("Name", family + "二"), TryAsync("Name", family + "三", "ffffffff-ffff-ffff-ffff-ffffffffffff")));
        }

        Assert.Equal(6, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        var known = await TryAsync("Name", applicant.Person.Name);
        Assert.Equal(HttpStatusCode.TooManyRequests, known.StatusCode);
        var page = await Officer.TextAsync(known);
        Assert.Contains("按姓名查找的次数已达上限", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<h2>结果</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("没有符合条件的账号", page, StringComparison.Ordinal);
        Assert.Equal(4, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.searched' AND \"Result\" = 'console.search.nameLimit' AND \"SubjectId\" IS NULL"));

        // The number on the paper is looked up all the same, and nobody else waits.
        Assert.Contains("<h2>结果</h2>", await Officer.TextAsync(await TryAsync("IdNumber", applicant.Person.IdNumber)), StringComparison.Ordinal);
        using var window = await Officer.SignInAsync(identity, "window");
        Assert.NotEqual("", await window.FindAsync("Name", applicant.Person.Name));

        identity.Time.Advance(TimeSpan.FromMinutes(61));
        using var later = new Browser($"http://localhost:{identity.BasePort + 5}");
        Assert.Equal(HttpStatusCode.Found, (await later.SignInAsync("auditor", returnUrl: "/console/accounts")).StatusCode);
        var found = await later.SubmitAsync("/console/accounts", await later.ReadAsync("/console/accounts"), ("By", "Name"), ("Text", applicant.Person.Name));
        Assert.Contains("<h2>结果</h2>", await Officer.TextAsync(found), StringComparison.Ordinal);
    }

    [Fact] // 64
    public async Task The_search_of_disputes_is_behind_the_same_brake_and_the_audit_names_the_account_it_found()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var counter = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(counter);
        var account = (await identity.KeyOfAsync(quarrel.Person.IdNumber)).ToLowerInvariant();

        // Reads disputes and may search for no account.
        using var watcher = await Officer.SignInAsync(identity, "audit-administrator");
        var actor = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'audit-administrator'")).ToLowerInvariant();
        Task<HttpResponseMessage> SearchAsync(string text) => watcher.FillAsync("/console/disputes", "", ("Text", text));
        var searched = $"\"AuditRecords\" WHERE \"ActorId\" = '{actor}' AND \"SubjectId\" = '{account}' AND \"Result\" = 'ok' AND \"Action\" = ";
        Assert.Contains(opened.Address, await Officer.TextAsync(await SearchAsync(quarrel.Person.IdNumber)), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(searched + "'account.searched' AND \"Details\" LIKE '%\"at\":\"disputes\"%'"));
        Assert.Equal(1, await identity.RowsAsync(searched + "'dispute.searched'"));
        Assert.Contains(opened.Address, await Officer.TextAsync(await SearchAsync(opened.Number)), StringComparison.Ordinal);
        Assert.Equal(2, await identity.RowsAsync(searched + "'dispute.searched'"));

        // An auditor comes from the record to the account and to the dispute.
        var audit = await watcher.ReadAsync($"/console/audit?Action=dispute.opened&Subject={account}");
        Assert.Contains($"href=\"/console/accounts/{account}\"", audit, StringComparison.Ordinal);
        Assert.Contains($"href=\"{opened.Address}\"", audit, StringComparison.Ordinal);

        List<HttpResponseMessage> answers = [];
        for (var round = 0; round < 6; round++)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(round * 6, 6).Select(n => SearchAsync($"3401021890020{n:00000}"))));
        }

        Assert.Equal(30, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(6, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        var known = await SearchAsync(quarrel.Person.IdNumber);
        Assert.Equal(HttpStatusCode.TooManyRequests, known.StatusCode);
        Assert.Contains("未作查找", await Officer.TextAsync(known), StringComparison.Ordinal);
        Assert.Equal(2, await identity.RowsAsync(searched + "'dispute.searched'"));
        Assert.Equal(7, await identity.RowsAsync($"\"AuditRecords\" WHERE \"ActorId\" = '{actor}' AND \"Action\" = 'account.searched' AND \"Result\" = 'console.search.limit' AND \"SubjectId\" IS NULL"));
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%{quarrel.Person.IdNumber}%'"));

        // By the dispute's own number there is nothing to try.
        Assert.Contains(opened.Address, await Officer.TextAsync(await SearchAsync(opened.Number)), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(61));
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
    public async Task An_official_of_the_proposers_name_is_taken_for_the_same_person()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await security.FindAsync("IdNumber", applicant.Person.IdNumber);
        var proposal = await security.ProposeAsync(account);
        await identity.ExecuteAsync("UPDATE \"StaffMembers\" SET \"Name\" = '官样例' WHERE \"Id\" = (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'security-second')");
        try
        {
            var refused = await second.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：已核实"));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"State\" = 'Pending' AND \"SubjectId\" = '{account.ToUpperInvariant()}'"));
        }
        finally
        {
            await identity.ExecuteAsync("UPDATE \"StaffMembers\" SET \"Name\" = '管样例' WHERE \"Id\" = (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'security-second')");
        }

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
    }

    [Fact]
    public async Task A_decision_asks_for_a_recent_proof_of_who_decides()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await window.FindAsync("IdNumber", applicant.Person.IdNumber);
        var proposal = await window.ProposeAsync(account);
        identity.Time.Advance(TimeSpan.FromMinutes(8));
        await window.ReadAsync(proposal);
        await second.ReadAsync(proposal);
        identity.Time.Advance(TimeSpan.FromMinutes(8));
        var answer = await second.DecideAsync(proposal, "approve");
        Assert.StartsWith("/account/confirm?ReturnUrl=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);

        // The same before a value is seen in full: no page, and none by a form sent past it.
        var unmask = $"/console/accounts/{account}/unmask";
        var confirm = "/account/confirm?ReturnUrl=" + Uri.EscapeDataString(unmask);
        Assert.Equal(confirm, (await window.GetAsync(unmask)).Headers.Location?.OriginalString);
        (string, string)[] reason = [("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例：当面核实")];
        Assert.Equal(confirm, (await window.ForgeAsync(unmask, reason)).Headers.Location?.OriginalString);
        Assert.Equal(0, await identity.RowsAsync($"\"Unmaskings\" WHERE \"AccountId\" = '{account.ToUpperInvariant()}'"));
        Assert.Equal(unmask, (await window.FillAsync(confirm, "", ("Password", "password-window"), ("ReturnUrl", unmask))).Headers.Location?.OriginalString);
        Assert.Contains(applicant.Person.IdNumber, await Officer.TextAsync(await window.FillAsync(unmask, "", reason)), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"State\" = 'Pending' AND \"SubjectId\" = '{account.ToUpperInvariant()}'"));
        Assert.Equal(HttpStatusCode.Found, (await window.FillAsync(proposal, "Withdraw")).StatusCode);
    }
}

public sealed class ConsoleAccountOnSqlite(SqliteIdentity identity) : ConsoleAccountSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ConsoleAccountOnPostgres(PostgresIdentity identity) : ConsoleAccountSuite(identity), IClassFixture<PostgresIdentity>;
