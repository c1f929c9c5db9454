using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Text messages cost money and peace: limits by number, account and address, also at once, and none that a stranger uses up for the owner.</summary>
public abstract class MessageBudgetSuite(IdentityFixture identity)
{
    private const string Page = "/sign-in/second-factor";

    [Fact]
    public async Task Many_requests_at_once_send_no_more_than_one_after_the_other()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Sms");
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var page = await browser.ReadAsync(Page);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.SubmitAsync(Page + "?handler=Send", page)));
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.Found));
        Assert.Equal(15, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(5, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "second-factor"));
    }

    [Fact]
    public async Task One_account_messages_only_so_many_strangers()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync("/account/phone", ("Phone", (await identity.Sandbox.NextPersonAsync()).Phone))).StatusCode);
        }

        var last = await identity.Sandbox.NextPersonAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await owner.FillAsync("/account/phone", ("Phone", last.Phone))).StatusCode);
        Assert.Empty(await identity.Sandbox.MessagesAsync(last.Phone));
    }

    [Fact]
    public async Task A_stranger_who_knows_number_and_particulars_uses_up_no_code_of_a_sign_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Sms");
        using var stranger = await Applicant.NewAsync(identity);
        await stranger.TellAsync();
        HttpResponseMessage last = null!;
        for (var i = 0; i < 6; i++)
        {
            last = await stranger.AskCodeAsync(owner.Person.Phone);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        using var thief = new Forgetful(identity, owner.Person);
        await thief.TellAsync();

        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var sent = await browser.SubmitAsync(Page + "?handler=Send", await browser.ReadAsync(Page));
        Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
        var url = Page + "?way=sms";
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Code", await identity.WaitForCodeAsync(owner.Person.Phone, "second-factor")))).StatusCode);
    }

    [Fact] // 54
    public async Task A_stranger_with_the_particulars_shuts_the_owner_out_of_no_recovery_no_change_of_phone_and_no_ticket()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = new Forgetful(identity, owner.Person);
        await stranger.TellAsync("phone");
        HttpResponseMessage last = null!;
        for (var i = 0; i < 11; i++)
        {
            last = await stranger.NewPhoneAsync((await identity.Sandbox.NextPersonAsync()).Phone);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        Assert.Equal("/account/phone/code", (await owner.FillAsync("/account/phone", ("Phone", (await identity.Sandbox.NextPersonAsync()).Phone))).Headers.Location?.OriginalString);
        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        Assert.Equal(HttpStatusCode.OK, (await forgetful.Browser.GetAsync("/recover/password")).StatusCode);

        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "合肥", hallLevel = "city", window = "1", documentChecked = true });
        using var seen = new Forgetful(identity, owner.Person);
        await seen.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", issued["ticket"]!));
        Assert.Equal("/recover/code", (await seen.NewPhoneAsync((await identity.Sandbox.NextPersonAsync()).Phone)).Headers.Location?.OriginalString);
    }

    [Fact] // 50
    public async Task No_budget_tells_whose_number_it_is()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        for (var i = 1; i <= 5; i++)
        {
            using var stranger = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 8, (byte)i])));
            await stranger.TellAsync();
            await identity.WaitForMessagesAsync(owner.Person.Phone, "recovery", i);
        }

        using var asking = new Forgetful(identity, owner.Person);
        await asking.TellAsync("phone");
        Assert.Equal("/recover/code", (await asking.NewPhoneAsync(owner.Person.Phone)).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_number_has_a_budget_for_the_day()
    {
        await using var server = await identity.StartSecondAsync(5, ("PhoneCodes:PerPhoneAndDay", "2"));
        using var applicant = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), $"http://localhost:{identity.BasePort + 5}");
        await applicant.TellAsync();
        Assert.Equal(HttpStatusCode.Found, (await applicant.AskCodeAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await applicant.AskCodeAsync()).StatusCode);
        identity.Time.Advance(TimeSpan.FromHours(3));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await applicant.AskCodeAsync()).StatusCode);
    }

    [Fact]
    public async Task A_code_is_sent_without_a_look_at_old_ones_which_are_swept_in_the_background()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var before = identity.Time.GetUtcNow();
        const int moreThanABatch = 501;
        database.PhoneCodes.AddRange(Enumerable.Range(0, moreThanABatch).Select(i => new PhoneCode
        {
            Id = Guid.CreateVersion7(before),
            Purpose = "registration",
            PhoneIndex = $"phone-{i}",
            AddressIndex = "address",
            CodeHash = "hash",
            SentAt = before,
            ExpiresAt = before,
        }));
        await database.SaveChangesAsync(TestContext.Current.CancellationToken);
        identity.Time.Advance(TimeSpan.FromHours(25));
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.TellAsync();
        var (sent, statements) = await identity.Statements.WatchAsync(() => applicant.AskCodeAsync());
        Assert.Equal("/register/code", sent.Headers.Location?.OriginalString);
        Assert.NotEmpty(statements);
        Assert.DoesNotContain(statements, s => s.Contains("DELETE FROM \"PhoneCodes\"", StringComparison.Ordinal));

        var day = identity.Time.GetUtcNow().AddDays(-1);
        Assert.InRange(await database.PhoneCodes.CountAsync(c => c.SentAt < day), moreThanABatch, int.MaxValue);
        await Assert.Single(scope.ServiceProvider.GetServices<IHousekeepingTask>().OfType<PhoneCodeSweeping>()).SweepAsync(CancellationToken.None);
        Assert.Equal(0, await database.PhoneCodes.CountAsync(c => c.SentAt < day));
        Assert.NotEqual(0, await database.PhoneCodes.CountAsync());
    }

    /// <summary>Asked of the service itself: no test comes from two addresses of one household.</summary>
    [Fact]
    public async Task One_household_is_one_address()
    {
        await using var server = await identity.StartSecondAsync(5, ("PhoneCodes:PerAddressAndHour", "2"));
        List<bool> sent = [];
        foreach (var address in (string[])["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3", "2001:db8:1:3::1"])
        {
            await using var scope = server.Services.CreateAsyncScope();
            var person = await identity.Sandbox.NextPersonAsync();
            sent.Add(await scope.ServiceProvider.GetRequiredService<PhoneCodes>().SendAsync(
                Guid.NewGuid(), MobileNumber.Parse(person.Phone)!, person.IdNumber, "registration", IPAddress.Parse(address), TestContext.Current.CancellationToken));
        }

        Assert.Equal("True True False True", string.Join(' ', sent));
    }

    /// <summary>Where an address has but a few of what all strangers share, a customer of a provider is one, not each network behind.</summary>
    [Fact] // 54
    public async Task A_stranger_with_many_networks_has_no_more_recoveries_than_one_address()
    {
        await using var server = await identity.StartSecondAsync(5, ("PhoneCodes:SecondsBetween", "0"), ("PhoneCodes:RecoveriesPerAddressAndHour", "2"));
        var phone = MobileNumber.Parse((await identity.Sandbox.NextPersonAsync()).Phone)!;
        List<bool> sent = [];
        foreach (var address in (string[])["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:1:ffff::1", "2001:db8:2:1::1"])
        {
            await using var scope = server.Services.CreateAsyncScope();
            sent.Add(await scope.ServiceProvider.GetRequiredService<PhoneCodes>().SendAsync(
                Guid.NewGuid(), phone, "recovery:" + Guid.NewGuid(), "recovery", IPAddress.Parse(address), TestContext.Current.CancellationToken));
        }

        Assert.Equal("True True False True", string.Join(' ', sent));
    }
}

[Collection(OnSqlite.Name)]
public sealed class MessageBudgetOnSqlite(SqliteIdentity identity) : MessageBudgetSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MessageBudgetOnPostgres(PostgresIdentity identity) : MessageBudgetSuite(identity);
