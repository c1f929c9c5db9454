using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Attack 54: the message that announces a recovery or a change of phone holds a link by which its reader stops it at once, without a session.</summary>
public abstract class StopLinkSuite(IdentityFixture identity)
{
    private const string Dead = "链接不正确、已用过或已失效";

    [Fact]
    public async Task The_owner_stops_a_recovery_with_one_button_and_without_a_session_and_opening_the_link_alone_does_nothing()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StartAsync(owner);
        using var phone = identity.NewBrowser();
        for (var i = 0; i < 2; i++)
        {
            Assert.Contains("立即停止找回", await phone.ReadAsync(link), StringComparison.Ordinal);
            Assert.Equal("Waiting", await StateAsync(owner));
        }

        var page = await (await phone.GetAsync(link)).Content.ReadAsStringAsync();
        Assert.Contains("已停止", await Applicant.TextAsync(await phone.SubmitAsync(link, page)), StringComparison.Ordinal);
        Assert.Equal("Cancelled", await StateAsync(owner));
        Assert.Contains("找回已取消", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal("1", await identity.ReadAsync($"""SELECT COUNT(*) FROM "AuditRecords" WHERE "Action" = 'recovery.cancelled' AND "SubjectId" = '{(await identity.KeyOfAsync(owner.Person.IdNumber)).ToLowerInvariant()}'"""));

        // Once: neither the link nor the page that is still open does anything more, not even to the next recovery.
        var second = await StartAsync(owner, 2);
        foreach (var answer in (HttpResponseMessage[])[await phone.GetAsync(link), await phone.SubmitAsync(link, page)])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(Dead, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("Waiting", await StateAsync(owner));
        Assert.NotEqual(link, second);
    }

    [Fact]
    public async Task A_guessed_a_changed_and_anothers_link_stop_nothing_and_are_told_apart_by_nothing()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var (link, others) = (await StartAsync(owner), await StartAsync(other));
        var (key, code) = (link[^46..^24], link[^24..]);
        using var stranger = identity.NewBrowser();
        var page = await (await stranger.GetAsync(link)).Content.ReadAsStringAsync();
        var answers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var guess in (string[])["", "a", new('0', 46), key + new string('0', 24), key + others[^24..], others[^46..^24] + code, key + code.ToUpperInvariant(), key + code + "0", key[..20] + "!!" + code, new('x', 5000)])
        {
            var address = "/recover/stop?c=" + Uri.EscapeDataString(guess);
            answers.Add(Regex.Match(await (await stranger.GetAsync(address)).Content.ReadAsStringAsync(), "<main.*</main>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Value);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await stranger.SubmitAsync(address, page, ("C", guess))).StatusCode);
        }

        Assert.Contains(Dead, Assert.Single(answers), StringComparison.Ordinal);
        Assert.Equal(("Waiting", "Waiting"), (await StateAsync(owner), await StateAsync(other)));
    }

    [Fact]
    public async Task The_link_ends_with_the_recovery()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StartAsync(owner);
        identity.Time.Advance(TimeSpan.FromHours(25));
        await Messages.UntilAsync(async () => await StateAsync(owner) == "Done");
        using var phone = identity.NewBrowser();
        Assert.Contains(Dead, await phone.ReadAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_former_phone_freezes_an_account_whose_number_was_changed_once()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var spare = await identity.Sandbox.NextPersonAsync();
        await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
        await owner.FillAsync(
            "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")), ("FormerCode", await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change-former")));
        var link = await StopLink.ReadAsync(identity, owner.Person.Phone, "手机号已更换");
        using var phone = identity.NewBrowser();
        var page = await (await phone.GetAsync(link)).Content.ReadAsStringAsync();
        Assert.Contains("立即冻结账号", page, StringComparison.Ordinal);
        Assert.Contains("账号已冻结", await Applicant.TextAsync(await phone.SubmitAsync(link, page)), StringComparison.Ordinal);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await phone.SubmitAsync(link, page)).StatusCode);

        // The new number's message holds none: whoever made the change needs no link against it.
        Assert.DoesNotContain(await identity.WaitForMessagesAsync(spare.Phone, "notice"), m => m.Text.Contains("/recover/stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_has_the_new_phone_and_a_second_factor_does_not_lift_what_the_former_phone_froze_and_a_counters_ticket_does()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var spare = await identity.Sandbox.NextPersonAsync();
        await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
        await owner.FillAsync("/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")));
        var link = await StopLink.ReadAsync(identity, owner.Person.Phone, "手机号已更换");
        using var thief = new Forgetful(identity, owner.Person);
        await thief.TellAsync();
        Assert.Equal("/recover/password", (await thief.TypeCodeAsync(await identity.WaitForCodeAsync(spare.Phone, "recovery"))).Headers.Location?.OriginalString);

        // A freeze by wish, which such a recovery would lift, gives way.
        await owner.FillAsync("/account/freeze");
        Assert.Equal("own-wish", await identity.FrozenAsync(owner.Person));
        using var phone = identity.NewBrowser();
        var stopped = await Applicant.TextAsync(await phone.SubmitAsync(link, await phone.ReadAsync(link)));
        Assert.Contains("账号已冻结", stopped, StringComparison.Ordinal);
        Assert.DoesNotContain("在网上找回", stopped, StringComparison.Ordinal);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FinishAsync(app.Code())).StatusCode);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));

        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var lifted = await window.PostAsync("/api/counter-unfreezings", new { owner.Person.IdNumber, owner.Person.Name, hall = "样例市政务服务中心", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.Conflict, lifted.Status);
        Assert.Equal("identity.counter.phoneDisputed", lifted["code"]);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "样例市政务服务中心", hallLevel = "city", window = "1", documentChecked = true });
        using var rightful = new Forgetful(identity, owner.Person);
        Assert.Equal("/recover/phone", (await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", issued["ticket"]!))).Headers.Location?.OriginalString);
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));
        const string fresh = "Meadow-copper-58-Lynx";
        Assert.Equal("/recover/done", (await rightful.FinishAsync(password: fresh)).Headers.Location?.OriginalString);
        Assert.Equal("", await identity.FrozenAsync(owner.Person));

        // The phone that the thief had proved is told of nothing, and holds no link by which to freeze the account in turn.
        await identity.WaitForWordsAsync(owner.Person.Phone, "已找回并设置了新密码");
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(spare.Phone), m => m.Text.Contains("手机号已更换", StringComparison.Ordinal) && m.Text.Contains("/recover/stop", StringComparison.Ordinal));
        using var browser = identity.NewBrowser();
        Assert.Equal("/account", (await browser.SignInAsync(owner.Person.Phone, fresh, "/account")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Beneath_officials_freeze_the_former_phones_objection_stands_and_keeps_the_account_frozen_when_theirs_is_lifted()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var proposal = await first.ProposeAsync(account, emergency: true);
        using var phone = identity.NewBrowser();
        Assert.Contains("账号已冻结", await Applicant.TextAsync(await phone.SubmitAsync(link, await phone.ReadAsync(link))), StringComparison.Ordinal);
        Assert.Equal("stolen", await identity.FrozenAsync(owner.Person));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await phone.GetAsync(link)).StatusCode);

        await second.DecideAsync(proposal, "refuse");
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        var refused = await first.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", "settled"), ("Explanation", "样例：争议已了结"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("须由窗口凭条解除", await Applicant.TextAsync(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_death_that_was_reported_by_mistake_does_not_wake_an_account_whose_former_phone_objected()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        using var phone = identity.NewBrowser();
        await phone.SubmitAsync(link, await phone.ReadAsync(link));
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "deceased", idNumber = owner.Person.IdNumber });
        Assert.Equal("deceased", await identity.FrozenAsync(owner.Person));

        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var proposal = await first.ProposeLiftingAsync(account);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        Assert.Contains("仍处于冻结", await second.ReadAsync(proposal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_officials_freeze_takes_the_place_of_a_disputed_phone_and_gives_it_back()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var proposal = await first.ProposeAsync(account, "court-order");
        using var phone = identity.NewBrowser();
        await phone.SubmitAsync(link, await phone.ReadAsync(link));
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal("court-order", await identity.FrozenAsync(owner.Person));

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
    }

    [Fact]
    public async Task A_lifting_that_lifts_nothing_is_not_approved()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        await owner.FillAsync("/account/freeze");
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var proposal = await first.ProposeLiftingAsync(account);
        using var phone = identity.NewBrowser();
        await phone.SubmitAsync(link, await phone.ReadAsync(link));
        var answer = await second.DecideAsync(proposal, "approve");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("须由窗口凭条解除", await Applicant.TextAsync(answer), StringComparison.Ordinal);
        Assert.Equal("phone-disputed", await identity.FrozenAsync(owner.Person));
        Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"State\" = 'Pending' AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task Links_that_are_none_press_on_nobodys_sign_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(5, ("SignIn:WrongPasswordsPerAddress", "3"), ("SignIn:WrongPasswordsPerMinute", "3"));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 5}");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.GetAsync("/recover/stop?c=guess")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    /// <summary>A recovery that waits, and the link in the owner's message.</summary>
    private async Task<string> StartAsync(Applicant owner, int times = 1)
    {
        if (times == 1)
        {
            await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        }

        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync(times);
        Assert.Equal("/recover/done?hours=24", (await thief.FinishAsync()).Headers.Location?.OriginalString);
        return await StopLink.ReadAsync(identity, owner.Person.Phone, "正在找回您的账号", times);
    }

    private async Task<string> StateAsync(Applicant owner) => await identity.ReadAsync(
        $"""SELECT r."State" FROM "RecoveryRequests" r WHERE r."AccountId" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' ORDER BY r."CreatedAt" DESC LIMIT 1""");
}

[Collection(OnSqlite.Name)]
public sealed class StopLinkOnSqlite(SqliteIdentity identity) : StopLinkSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class StopLinkOnPostgres(PostgresIdentity identity) : StopLinkSuite(identity);
