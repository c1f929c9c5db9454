using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// The brakes that no name is long enough for: one password for many names from one address, or from many; and whom they do not stop. Servers of their own, for the counts are a node's
/// memory. Attack list 51.
/// </summary>
public abstract class FloodBrakeSuite(IdentityFixture identity)
{
    private const string Waiting = "密码错误次数过多";
    private const string CodeWaiting = "错误次数过多";
    private const string Device = "yinxin.identity.device";
    private const string PerAddress = "SignIn:WrongPasswordsPerAddress";
    private const string PerNode = "SignIn:WrongPasswordsPerMinute";

    /// <summary>No proof of work between the tries.</summary>
    private static readonly (string Key, string? Value) Unasked = ("Challenge:FailuresPerName", "1000");

    [Fact] // 51
    public async Task An_address_that_tries_name_after_name_has_to_wait_and_no_other_does()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, ("SignIn:WrongPasswordsPerAddress", "3"));
        using var stranger = From(3, 2);
        for (var name = 0; name < 3; name++)
        {
            Assert.DoesNotContain(Waiting, await TextAsync(stranger, $"nobody-{name}", "one-password-for-all"), StringComparison.Ordinal);
        }

        // The fourth name waits, an unknown one and the owner's with the right password alike; and also for a browser without a past.
        Assert.Contains(Waiting, await TextAsync(stranger, "nobody-3", "one-password-for-all"), StringComparison.Ordinal);
        using var fresh = From(3, 2);
        Assert.Contains(Waiting, await TextAsync(fresh, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        using var elsewhere = From(3, 3);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);

        // What waited is not counted, so the wait ends.
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.Found, (await fresh.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact] // 51
    public async Task A_flood_from_many_addresses_makes_everybody_wait_for_a_minute_on_that_node()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(4, ("SignIn:WrongPasswordsPerMinute", "3"));
        for (byte host = 2; host < 5; host++)
        {
            using var stranger = From(4, host);
            Assert.DoesNotContain(Waiting, await TextAsync(stranger, $"nobody-{host}", "one-password-for-all"), StringComparison.Ordinal);
        }

        using var visitor = From(4, 9);
        Assert.Contains(Waiting, await TextAsync(visitor, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        using var otherNode = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await otherNode.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Found, (await visitor.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Theory] // 51
    [InlineData(PerAddress)]
    [InlineData(PerNode)]
    public async Task A_flood_makes_every_browser_wait_but_those_that_the_account_knows_and_these_for_their_own_wrong_passwords(string limit)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        using var known = From(3, 2);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        using var neighbour = From(3, 2);
        Assert.Equal(HttpStatusCode.Found, (await neighbour.SignInAsync(other.Person.IdNumber, Applicant.Password)).StatusCode);
        await FloodAsync();

        // The right password from elsewhere waits, and in a browser that another account knows; the flood itself asks the database nothing.
        using var unknown = From(3, 2);
        var page = await unknown.ReadAsync("/sign-in");
        var (refused, asked) = await identity.Statements.WatchAsync(() => unknown.SubmitAsync("/sign-in", page, ("Name", owner.Person.IdNumber), ("Password", Applicant.Password)));
        Assert.Contains(Waiting, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Empty(asked);
        Assert.Contains(Waiting, await TextAsync(neighbour, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i == 5, (await TextAsync(known, owner.Person.IdNumber, "mistyped-" + i)).Contains(Waiting, StringComparison.Ordinal));
        }

        Assert.Contains(Waiting, await TextAsync(known, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
    }

    [Theory] // 50, 51
    [InlineData(PerAddress)]
    [InlineData(PerNode)]
    public async Task Under_a_flood_a_forged_cookie_opens_nothing_and_tells_nobody_whether_there_is_an_account(string limit)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        await FloodAsync();
        using var forger = From(3, 2);
        forger.Cookies.Add(new Uri(Address(3)), new Cookie(Device, new string('A', 43)));
        var (existing, first) = await identity.Statements.WatchAsync(() => forger.SignInAsync(owner.Person.IdNumber, Applicant.Password));
        var (missing, second) = await identity.Statements.WatchAsync(() => forger.SignInAsync("nobody-at-all", Applicant.Password));
        Assert.NotEmpty(first);
        Assert.Equal(first, second);
        foreach (var answer in (HttpResponseMessage[])[existing, missing])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(Waiting, await Applicant.TextAsync(answer), StringComparison.Ordinal);
        }
    }

    [Fact] // 51
    public async Task Wrong_passwords_in_a_browser_that_the_account_knows_count_for_its_address_too()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, (PerAddress, "3"), Unasked);
        using var known = From(3, 2);
        await known.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        for (var i = 0; i < 3; i++)
        {
            Assert.DoesNotContain(Waiting, await TextAsync(known, owner.Person.IdNumber, "mistyped-" + i), StringComparison.Ordinal);
        }

        using var unknown = From(3, 2);
        Assert.Contains(Waiting, await TextAsync(unknown, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Theory] // 51, 52
    [InlineData(PerAddress)]
    [InlineData(PerNode)]
    public async Task A_flood_makes_the_second_factor_wait_but_in_browsers_that_the_account_knows(string limit)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        await using var server = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        using var known = From(3, 2);
        await known.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(known, app.Code())).StatusCode);
        using var thief = From(3, 2);
        await thief.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await FloodAsync();
        Assert.Contains(CodeWaiting, await Applicant.TextAsync(await ShowAsync(thief, app.Code(1))), StringComparison.Ordinal);

        await known.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.Found, (await ShowAsync(known, app.Code(1))).StatusCode);
        await known.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(i == 5, (await Applicant.TextAsync(await ShowAsync(known, "mistyped"))).Contains(CodeWaiting, StringComparison.Ordinal));
        }
    }

    [Theory] // 51
    [InlineData(PerAddress)]
    [InlineData(PerNode)]
    public async Task A_flood_makes_a_change_of_phone_wait_but_in_browsers_that_the_account_knows(string limit)
    {
        await using var server = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        using var owner = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), Address(3), new IPAddress([127, 0, 0, 2]));
        await owner.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await owner.FinishAsync()).StatusCode);

        // The own number, proved anew: the same door as for another.
        await identity.ExpireEvidenceAsync(owner.Person.Phone, "phone-otp");
        Assert.Equal("/account/phone/code", (await owner.FillAsync("/account/phone", ("Phone", owner.Person.Phone))).Headers.Location?.OriginalString);
        var code = await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change");
        await FloodAsync();

        // With another cookie first: the code is not looked at, and stays good.
        var device = owner.Browser.Cookies.GetCookies(new Uri(Address(3)))[Device]!;
        var own = device.Value;
        device.Value = new string('A', 43);
        Assert.Contains(CodeWaiting, await Applicant.TextAsync(await ChangeAsync()), StringComparison.Ordinal);
        device.Value = own;
        Assert.Equal("/account?done=phone", (await ChangeAsync()).Headers.Location?.OriginalString);

        Task<HttpResponseMessage> ChangeAsync() => owner.FillAsync("/account/phone/code", ("NewCode", code));
    }

    /// <summary>As many wrong passwords as the server of the test bears, each for a name that nobody has.</summary>
    private async Task FloodAsync()
    {
        using var stranger = From(3, 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.DoesNotContain(Waiting, await TextAsync(stranger, $"nobody-{Guid.NewGuid():N}", "one-password-for-all"), StringComparison.Ordinal);
        }
    }

    private static async Task<HttpResponseMessage> ShowAsync(Browser browser, string code)
    {
        const string url = "/sign-in/second-factor?ReturnUrl=%2Faccount";
        return await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Code", code));
    }

    private string Address(int portOffset) => $"http://localhost:{identity.BasePort + portOffset}";

    private Browser From(int portOffset, byte host) => new(Address(portOffset), new IPAddress([127, 0, 0, host]));

    private static async Task<string> TextAsync(Browser browser, string name, string password) =>
        WebUtility.HtmlDecode(await (await browser.SignInAsync(name, password)).Content.ReadAsStringAsync());
}

public sealed class FloodBrakeOnSqlite(SqliteIdentity identity) : FloodBrakeSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class FloodBrakeOnPostgres(PostgresIdentity identity) : FloodBrakeSuite(identity), IClassFixture<PostgresIdentity>;
