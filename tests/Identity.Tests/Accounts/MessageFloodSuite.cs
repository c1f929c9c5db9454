using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>A flood of codes, from however many addresses and for however many numbers, spends so much in a minute and no more.</summary>
public abstract class MessageFloodSuite(IdentityFixture identity)
{
    private const string Words = "目前短信发送量过大，请一分钟后再试";
    private const string SecondFactor = "/sign-in/second-factor";

    private string Address => $"http://localhost:{identity.BasePort + 5}";

    [Fact]
    public async Task All_together_have_so_many_codes_a_minute_and_whoever_asks_is_told_the_same()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var nobody = await identity.Sandbox.NextPersonAsync();
        await using var server = await identity.StartSecondAsync(5, ("PhoneCodes:PerMinute", "2"));
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        using var third = await FloodAsync();
        var refused = await third.AskCodeAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(Words, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        var english = await third.FillAsync("/register/phone?lang=en", ("Phone", third.Person.Phone));
        Assert.Contains("Too many text messages are asked for at the moment", await Applicant.TextAsync(english), StringComparison.Ordinal);
        Assert.Empty(await identity.Sandbox.MessagesAsync(third.Person.Phone));

        // With an account and without.
        foreach (var person in (SyntheticPerson[])[owner.Person, nobody])
        {
            using var forgetful = new Forgetful(identity, person, new Browser(Address));
            var told = await forgetful.TellAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, told.StatusCode);
            Assert.Contains(Words, await Applicant.TextAsync(told), StringComparison.Ordinal);
            Assert.Equal("/recover/phone", (await forgetful.TellAsync("phone")).Headers.Location?.OriginalString);
            var anew = await forgetful.NewPhoneAsync((await identity.Sandbox.NextPersonAsync()).Phone);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, anew.StatusCode);
            Assert.Contains(Words, await Applicant.TextAsync(anew), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "recovery");

        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("/register/code", (await third.AskCodeAsync()).Headers.Location?.OriginalString);
        using var later = new Forgetful(identity, owner.Person, new Browser(Address));
        Assert.Equal("/recover/code", (await later.TellAsync()).Headers.Location?.OriginalString);
        await identity.WaitForCodeAsync(owner.Person.Phone, "recovery");
    }

    [Fact]
    public async Task Strangers_who_flood_keep_no_owner_from_signing_in_and_no_notice_back()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Sms");
        await using var server = await identity.StartSecondAsync(5, ("PhoneCodes:PerMinute", "2"));
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        using var third = await FloodAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await third.AskCodeAsync()).StatusCode);

        using var browser = new Browser(Address);
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await SendAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await SendAsync()).StatusCode);

        // What owners may ask for has the same bound.
        var refused = await SendAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(Words, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(2, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "second-factor"));

        using var freezing = new Browser(Address);
        await freezing.SubmitAsync("/freeze", await freezing.ReadAsync("/freeze"), ("Name", owner.Person.IdNumber), ("Password", Applicant.Password));
        await Messages.UntilAsync(async () => (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Exists(m => m.Text.Contains("您的账号已冻结", StringComparison.Ordinal)));

        async Task<HttpResponseMessage> SendAsync() => await browser.SubmitAsync(SecondFactor + "?handler=Send", await browser.ReadAsync(SecondFactor));
    }

    /// <summary>Two strangers have asked for a code within this minute; gives one who has not yet.</summary>
    private async Task<Applicant> FloodAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            using var stranger = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), Address);
            await stranger.TellAsync();
            Assert.Equal("/register/code", (await stranger.AskCodeAsync()).Headers.Location?.OriginalString);
        }

        var third = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), Address);
        await third.TellAsync();
        return third;
    }
}

[Collection(OnSqlite.Name)]
public sealed class MessageFloodOnSqlite(SqliteIdentity identity) : MessageFloodSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MessageFloodOnPostgres(PostgresIdentity identity) : MessageFloodSuite(identity);
