using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// The brakes that no name is long enough for: one password for many names from one address, or from many. Servers of their own, for the counts are a node's memory. Attack list 51.
/// </summary>
public abstract class FloodBrakeSuite(IdentityFixture identity)
{
    private const string Waiting = "密码错误次数过多";

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

    private Browser From(int portOffset, byte host) => new($"http://localhost:{identity.BasePort + portOffset}", new IPAddress([127, 0, 0, host]));

    private static async Task<string> TextAsync(Browser browser, string name, string password) =>
        WebUtility.HtmlDecode(await (await browser.SignInAsync(name, password)).Content.ReadAsStringAsync());
}

public sealed class FloodBrakeOnSqlite(SqliteIdentity identity) : FloodBrakeSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class FloodBrakeOnPostgres(PostgresIdentity identity) : FloodBrakeSuite(identity), IClassFixture<PostgresIdentity>;
