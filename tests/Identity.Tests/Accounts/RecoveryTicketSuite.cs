using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Recovery by the counter's ticket: for one person, once, at the level that the official saw.</summary>
public abstract class RecoveryTicketSuite(IdentityFixture identity)
{
    [Fact]
    public async Task The_counters_ticket_works_once_for_its_person_and_restores_what_the_official_saw()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var official = await Official.SignInAsync(identity, "window", "identity.counter");
        object Seen(string? name = null, string? hallLevel = "province") => new { owner.Person.IdNumber, name = name ?? owner.Person.Name, hall = "合肥", hallLevel, window = "1", documentChecked = true };
        Assert.Equal("identity.counter.nameDiffers", (await official.PostAsync("/api/counter-recoveries", Seen("别人")))["code"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await official.PostAsync("/api/counter-recoveries", new { idNumber = owner.Person.IdNumber, name = owner.Person.Name })).Status);
        var clerk = await Official.SignInAsync(identity, "clerk", "identity.counter");
        Assert.Equal(HttpStatusCode.Unauthorized, (await clerk.PostAsync("/api/counter-recoveries", Seen())).Status);

        // Spent, it becomes evidence, and that says of what level the hall was: neither the request nor the official's post does, and nobody is signed out for it.
        var nowhere = await official.PostAsync("/api/counter-recoveries", Seen(hallLevel: null));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "identity.counter.hallLevelMissing"), (nowhere.Status, nowhere["code"]));
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);

        var issued = await official.PostAsync("/api/counter-recoveries", Seen());
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        var ticket = issued["ticket"]!;

        using var thief = new Forgetful(identity, stranger.Person);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.FillAsync("/recover/ticket", ("IdNumber", stranger.Person.IdNumber), ("Ticket", ticket))).StatusCode);
        using var forgetful = new Forgetful(identity, owner.Person);
        using var again = new Forgetful(identity, owner.Person);
        foreach (var holder in (Forgetful[])[forgetful, again])
        {
            Assert.Equal("/recover/phone", (await holder.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
            await holder.NewPhoneAsync(owner.Person.Phone);
            await holder.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new", holder == forgetful ? 1 : 2));
        }

        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}' AND \"Kind\" = 'counter' AND \"Method\" = 'document-at-window:province'"));
        Assert.Equal("/recover", (await again.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await again.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).StatusCode);
        using var browser = identity.NewBrowser();
        Assert.Equal("/account", (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword, "/account")).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_ends_every_session_when_it_is_given_and_raises_nobody_until_it_is_spent()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var ticket = await CounterTicket.IssueAsync(identity, owner);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Contains("id=\"level\">初级<", await thief.ReadAsync("/account"), StringComparison.Ordinal);

        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket));
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));
        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account")).StatusCode);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword);
        Assert.Contains("id=\"level\">中级<", await browser.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_in_the_account_does_not_void_a_ticket_by_changing_the_password()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var ticket = await CounterTicket.IssueAsync(identity, owner);
        using var rightful = new Forgetful(identity, owner.Person);
        await rightful.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket));
        await rightful.NewPhoneAsync(owner.Person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-new"));

        const string stolen = "Meadow-copper-58-Lynx";
        using var thief = identity.NewBrowser();
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var changed = await thief.SubmitAsync(
            "/account/password", await thief.ReadAsync("/account/password"), ("Current", Applicant.Password), ("Password", stolen), ("PasswordAgain", stolen));
        Assert.Equal("/account?done=password", changed.Headers.Location?.OriginalString);

        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, stolen)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryTicketsOnSqlite(SqliteIdentity identity) : RecoveryTicketSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryTicketsOnPostgres(PostgresIdentity identity) : RecoveryTicketSuite(identity);
