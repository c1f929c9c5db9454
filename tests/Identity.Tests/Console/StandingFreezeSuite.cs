using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Every reason that freezes an account stands by itself, beside however many others, and only who may lift it does.</summary>
public abstract class StandingFreezeSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("phone officials dispute")]
    [InlineData("phone dispute officials")]
    [InlineData("officials phone dispute")]
    [InlineData("officials dispute phone")]
    [InlineData("dispute phone officials")]
    [InlineData("dispute officials phone")]
    public async Task Of_three_freezes_each_is_lifted_by_its_own_right_in_any_order_and_the_account_is_free_after_the_last(string order)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var quarrel = Quarrel.Of(identity, owner);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        using var decider = await Officer.SignInAsync(identity, "counter-two");
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        await FreezeByPhoneAsync(link);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account, "besides:stolen"), "approve")).StatusCode);
        var opened = await quarrel.OpenAsync(counter);
        Assert.Equal("identity-dispute phone-disputed stolen", await identity.StandingAsync(owner.Person));

        List<string> left = [.. order.Split(' ')];
        while (left.Count > 0)
        {
            var next = left[0];
            left.RemoveAt(0);
            switch (next)
            {
                case "phone" when left.Contains("dispute"):
                    // While it is open whose account it is, nobody is proved to be its owner: its turn comes after the decision.
                    Assert.Equal("identity.counter.disputed", (await window.PostAsync("/api/counter-recoveries", Seen(owner)))["code"]);
                    left.Add(next);
                    break;
                case "phone":
                    await RecoverAsync(owner, (await window.PostAsync("/api/counter-recoveries", Seen(owner)))["ticket"]!);
                    break;
                case "officials":
                    Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
                    break;
                default:
                    Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(decider, opened.Address, "reject")).StatusCode);
                    break;
            }

            Assert.Equal(Reasons(left), await identity.StandingAsync(owner.Person));
            Assert.Equal(Strongest(left), await identity.FrozenAsync(owner.Person));
        }

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.unfreeze' AND \"SubjectId\" = '{account}'"));
        Assert.Equal(2, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.freezeLifted' AND \"SubjectId\" = '{account}'"));
    }

    [Fact]
    public async Task A_death_stands_beside_the_owners_freeze_and_neither_the_counter_nor_a_ticket_lifts_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "deceased", idNumber = owner.Person.IdNumber });
        Assert.Equal("deceased own-wish", await identity.StandingAsync(owner.Person));
        Assert.Equal("deceased", await identity.FrozenAsync(owner.Person));
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var ticket = (await window.PostAsync("/api/counter-recoveries", Seen(owner)))["ticket"]!;
        using var rightful = await WithTicketAsync(owner, ticket);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await rightful.FinishAsync()).StatusCode);
        Assert.Equal("deceased own-wish", await identity.StandingAsync(owner.Person));
        Assert.Equal("True", (await window.PostAsync("/api/counter-unfreezings", Seen(owner)))["frozen"]);
        Assert.Equal("deceased", await identity.StandingAsync(owner.Person));
        Assert.Equal("deceased", await identity.FrozenAsync(owner.Person));

        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);
        Assert.Equal("", await identity.FrozenAsync(owner.Person));
    }

    [Fact]
    public async Task Two_courts_orders_stand_side_by_side_and_a_lifting_names_the_one_it_is_about()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var page = $"/console/accounts/{account}/freeze";
        foreach (var reason in (string[])["court-order", "besides:court-order", "besides:stolen"])
        {
            Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account, reason), "approve")).StatusCode);
        }

        Assert.Equal("court-order court-order stolen", await identity.StandingAsync(owner.Person));
        (string, string) why = ("Explanation", "样例：再次提出");
        var twice = await first.FillAsync(page, "", ("Reason", "besides:stolen"), why);
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        foreach (var named in (string[])["", "x", Guid.NewGuid().ToString()])
        {
            var unnamed = await first.FillAsync(page, "", ("Reason", "settled"), ("Freeze", named), why);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, unnamed.StatusCode);
            Assert.Contains("请选择要解除哪一项冻结", await Officer.TextAsync(unnamed), StringComparison.Ordinal);
        }

        // The words of a list stand for the first of the two orders; the other one stays.
        foreach (var (words, standing) in new[] { ("司法机关要求", "court-order stolen"), ("账号被盗用", "court-order"), ("", "") })
        {
            Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account, words), "approve")).StatusCode);
            Assert.Equal(standing, await identity.StandingAsync(owner.Person));
        }

        Assert.Equal("", await identity.FrozenAsync(owner.Person));
    }

    [Fact]
    public async Task An_emergency_freeze_that_nobody_confirmed_in_time_hinders_no_proposal()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        await first.ProposeAsync(account, "besides:stolen", emergency: true);
        Assert.Equal("own-wish stolen", await identity.StandingAsync(owner.Person));
        await identity.ExecuteAsync($"UPDATE \"Proposals\" SET \"ExpiresAt\" = '2026-01-01 00:00:00' WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");

        // Whether or not somebody has looked for what expired by now.
        var again = await first.ProposeAsync(account, "besides:stolen");
        Assert.Equal("own-wish", await identity.StandingAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(again, "approve")).StatusCode);
        Assert.Equal("own-wish stolen", await identity.StandingAsync(owner.Person));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("withdrawn")]
    [InlineData("refused")]
    public async Task After_an_emergency_freeze_that_nobody_confirmed_nobody_freezes_the_account_alone_for_thirty_days(string end)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        await EndAsync(first, second, await first.ProposeAsync(account, emergency: true), owner, end);
        Assert.Equal("", await identity.StandingAsync(owner.Person));

        // Neither whoever did it nor another, for whatever reason, nor two at once.
        foreach (var (officer, reason) in new[] { (first, "stolen"), (second, "court-order") })
        {
            var refused = await EmergencyAsync(officer, account, reason);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("30 天内不能再次紧急冻结", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        var answers = await Task.WhenAll(EmergencyAsync(first, account, "stolen"), EmergencyAsync(second, account, "stolen"));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        Assert.Equal("", await identity.StandingAsync(owner.Person));

        await EndedAsync(owner, daysAgo: 29);
        Assert.Equal(HttpStatusCode.Conflict, (await EmergencyAsync(second, account, "stolen")).StatusCode);
        await EndedAsync(owner, daysAgo: 31);
        Assert.Equal(HttpStatusCode.Found, (await EmergencyAsync(second, account, "stolen")).StatusCode);
        Assert.Equal("stolen", await identity.StandingAsync(owner.Person));
    }

    [Fact]
    public async Task A_freeze_that_a_second_official_confirmed_opens_the_way_to_an_emergency_again()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        await EndAsync(first, second, await first.ProposeAsync(account, emergency: true), owner, "withdrawn");
        Assert.Equal(HttpStatusCode.Conflict, (await EmergencyAsync(first, account, "stolen")).StatusCode);

        // In the ordinary way it waits for the other, and that an ordinary proposal was refused opens nothing.
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account), "refuse")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await EmergencyAsync(first, account, "stolen")).StatusCode);
        var ordinary = await first.ProposeAsync(account);
        Assert.Equal("", await identity.StandingAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(ordinary, "approve")).StatusCode);
        Assert.Equal("stolen", await identity.StandingAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeLiftingAsync(account), "approve")).StatusCode);

        var confirmed = await first.ProposeAsync(account, emergency: true);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(confirmed, "approve")).StatusCode);
        Assert.Equal("stolen", await identity.StandingAsync(owner.Person));
        Assert.Equal(HttpStatusCode.Found, (await EmergencyAsync(first, account, "besides:fraud")).StatusCode);
        Assert.Equal("fraud stolen", await identity.StandingAsync(owner.Person));
    }

    [Fact]
    public async Task A_lifting_lifts_nothing_else_when_what_it_names_is_gone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var lifting = await first.ProposeLiftingAsync(account);
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", Seen(owner))).Status);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await browser.SubmitAsync("/account/freeze", await browser.ReadAsync("/account/freeze"));
        Assert.Equal("own-wish", await identity.StandingAsync(owner.Person));
        var refused = await second.DecideAsync(lifting, "approve");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("已变化", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal("own-wish", await identity.FrozenAsync(owner.Person));
        Assert.Contains("待复核", await second.ReadAsync(lifting), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_those_who_freeze_and_lift_at_the_same_moment_none_undoes_the_others_act()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var link = await StopLink.AfterChangeAsync(identity, owner);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        using var quarrel = Quarrel.Of(identity, owner);
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        var freeze = await first.ProposeAsync(account, "court-order");
        await Task.WhenAll(second.DecideAsync(freeze, "approve"), FreezeByPhoneAsync(link), quarrel.OpenAsync(counter));
        Assert.Equal("court-order identity-dispute phone-disputed", await identity.StandingAsync(owner.Person));
        Assert.Equal("identity-dispute", await identity.FrozenAsync(owner.Person));

        // One lifts while another freezes.
        var lifting = await first.ProposeLiftingAsync(account);
        await Task.WhenAll(
            second.DecideAsync(lifting, "approve"),
            AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind = "deceased", idNumber = owner.Person.IdNumber }));
        Assert.Equal("deceased identity-dispute phone-disputed", await identity.StandingAsync(owner.Person));
        Assert.Equal("deceased", await identity.FrozenAsync(owner.Person));
    }

    [Fact]
    public async Task The_console_lists_what_stands_since_when_by_whom_and_what_lifts_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var account = await first.FindAsync("IdNumber", owner.Person.IdNumber);
        Assert.Contains("没有冻结", await first.ReadAsync($"/console/accounts/{account}"), StringComparison.Ordinal);
        await owner.FillAsync("/account/freeze");
        var proposal = await first.ProposeAsync(account, "besides:court-order");
        await second.DecideAsync(proposal, "approve");
        var page = await first.ReadAsync($"/console/accounts/{account}");
        var rows = page[page.IndexOf("id=\"freezes\"", StringComparison.Ordinal)..page.IndexOf("</table>", StringComparison.Ordinal)];
        foreach (var words in (string[])["司法机关要求", "管样例", "双人复核", proposal, "本人自行冻结", ">本人<", "本人到窗口"])
        {
            Assert.Contains(words, rows, StringComparison.Ordinal);
        }

        Assert.True(rows.IndexOf("司法机关要求", StringComparison.Ordinal) < rows.IndexOf("本人自行冻结", StringComparison.Ordinal));
        Assert.DoesNotContain(owner.Person.Name, page, StringComparison.Ordinal);
        var english = await first.ReadAsync($"/console/accounts/{account}?lang=en");
        Assert.Contains("Standing freezes", english, StringComparison.Ordinal);
        Assert.Contains("Two officials", english, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> EmergencyAsync(Officer officer, string account, string reason) =>
        officer.FillAsync($"/console/accounts/{account}/freeze", "", ("Reason", reason), ("Explanation", "样例：再次冻结"), ("Emergency", "true"));

    /// <summary>An emergency freeze ends without anybody's confirmation.</summary>
    private async Task EndAsync(Officer proposer, Officer other, string proposal, Applicant owner, string how)
    {
        switch (how)
        {
            case "withdrawn":
                Assert.Equal(HttpStatusCode.Found, (await proposer.FillAsync(proposal, "Withdraw")).StatusCode);
                break;
            case "refused":
                Assert.Equal(HttpStatusCode.Found, (await other.DecideAsync(proposal, "refuse")).StatusCode);
                break;
            default:
                await identity.ExecuteAsync($"UPDATE \"Proposals\" SET \"ExpiresAt\" = '2026-01-01 00:00:00' WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
                await using (var scope = identity.Services.CreateAsyncScope())
                {
                    await scope.ServiceProvider.GetRequiredService<Proposals>().ExpireAsync(TestContext.Current.CancellationToken);
                }

                break;
        }
    }

    private async Task EndedAsync(Applicant owner, int daysAgo)
    {
        var then = identity.Time.GetUtcNow().AddDays(-daysAgo).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        await identity.ExecuteAsync($"UPDATE \"Proposals\" SET \"DecidedAt\" = '{then}' WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
    }

    private async Task FreezeByPhoneAsync(string link)
    {
        using var phone = identity.NewBrowser();
        var answer = await phone.SubmitAsync(link, await phone.ReadAsync(link));
        Assert.Contains("账号已冻结", await Applicant.TextAsync(answer), StringComparison.Ordinal);
    }

    private async Task RecoverAsync(Applicant owner, string ticket)
    {
        using var rightful = await WithTicketAsync(owner, ticket);
        var done = await rightful.FinishAsync();
        Assert.True(done.Headers.Location?.OriginalString == (await identity.FrozenAsync(owner.Person) is "" ? "/recover/done" : "/recover/done?frozen=true"), await Applicant.TextAsync(done));
    }

    /// <summary>Whoever has the ticket, and the phone that is to be the account's.</summary>
    private async Task<Forgetful> WithTicketAsync(Applicant owner, string ticket)
    {
        var rightful = new Forgetful(identity, owner.Person);
        Assert.Equal("/recover/phone", (await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));
        return rightful;
    }

    private static string Reasons(IEnumerable<string> left) => string.Join(' ', left.Select(Reason).Order(StringComparer.Ordinal));

    private static string Strongest(List<string> left) => new[] { "dispute", "officials", "phone" }.Where(f => left.Contains(f)).Select(Reason).FirstOrDefault("");

    private static string Reason(string freeze) => freeze switch { "dispute" => "identity-dispute", "officials" => "stolen", _ => "phone-disputed" };

    private static object Seen(Applicant owner) => new { owner.Person.IdNumber, owner.Person.Name, hall = "样例市政务服务中心", hallLevel = "city", window = "1", documentChecked = true };
}

[Collection(OnSqlite.Name)]
public sealed class StandingFreezesOnSqlite(SqliteIdentity identity) : StandingFreezeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class StandingFreezesOnPostgres(PostgresIdentity identity) : StandingFreezeSuite(identity);
