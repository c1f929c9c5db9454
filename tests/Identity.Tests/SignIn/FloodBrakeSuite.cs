using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// The brakes that no name is long enough for: one password for many names from one address, or from many, at whichever node; and whom they do not stop. Servers of their own, for the limits,
/// and for what a node remembers. Attack list 51.
/// </summary>
public abstract class FloodBrakeSuite(IdentityFixture identity) : IAsyncLifetime
{
    private const string Wrong = "账号或密码不正确";
    private const string Waiting = "密码错误次数过多";
    private const string CodeWaiting = "错误次数过多";
    private const string Device = "yinxin.identity.device";
    private const string PerAddress = "SignIn:WrongPasswordsPerAddress";
    private const string InAll = "SignIn:WrongPasswordsPerMinute";

    /// <summary>No proof of work between the tries.</summary>
    private static readonly (string Key, string? Value) Unasked = ("Challenge:FailuresPerName", "1000");

    /// <summary>What another test has counted is forgotten.</summary>
    public async ValueTask InitializeAsync() => await identity.ExecuteAsync("DELETE FROM \"FailureCounts\"");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact] // 51
    public async Task An_address_that_tries_name_after_name_has_to_wait_and_no_other_does()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, (PerAddress, "3"));
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
    public async Task A_flood_from_many_addresses_makes_everybody_wait_for_a_minute_on_all_nodes()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var one = await identity.StartSecondAsync(4, (InAll, "3"));
        await using var two = await identity.StartSecondAsync(5, (InAll, "3"));
        using var known = From(5, 7);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        for (byte host = 2; host < 5; host++)
        {
            using var stranger = From(4, host);
            Assert.DoesNotContain(Waiting, await TextAsync(stranger, $"nobody-{host}", "one-password-for-all"), StringComparison.Ordinal);
        }

        using var visitor = From(4, 9);
        Assert.Contains(Waiting, await TextAsync(visitor, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);

        // The other node learns of it by a wrong password of its own.
        using var last = From(5, 8);
        Assert.Contains(Wrong, await TextAsync(last, "nobody-8", "one-password-for-all"), StringComparison.Ordinal);
        using var elsewhere = From(5, 9);
        Assert.Contains(Waiting, await TextAsync(elsewhere, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);

        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Found, (await visitor.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact] // 51
    public async Task Wrong_passwords_from_one_address_count_together_on_all_nodes()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var one = await identity.StartSecondAsync(3, (PerAddress, "3"), Unasked);
        await using var two = await identity.StartSecondAsync(4, (PerAddress, "3"), Unasked);
        using var known = From(4, 2);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        await FloodAsync();

        // The other node learns of it by a wrong password of its own; no other address waits, nor a browser that the account knows.
        using var stranger = From(4, 2);
        Assert.Contains(Wrong, await TextAsync(stranger, "nobody-there", "one-password-for-all"), StringComparison.Ordinal);
        Assert.Contains(Waiting, await TextAsync(stranger, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        using var elsewhere = From(4, 3);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await known.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);

        // One row for the address, which nobody reads there, and one for all.
        Assert.Equal(2, await identity.RowsAsync("\"FailureCounts\" WHERE \"Count\" = 4"));
        Assert.Equal(2, await identity.CountAsync("FailureCounts"));
        Assert.Equal(0, await identity.RowsAsync("\"FailureCounts\" WHERE \"Key\" LIKE '%127.0.0%'"));

        // The window ends on both, and begins with nothing.
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.Found, (await stranger.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        await FloodAsync();
        using var fresh = From(3, 2);
        Assert.Contains(Waiting, await TextAsync(fresh, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
    }

    [Theory] // 51
    [InlineData(PerAddress)]
    [InlineData(InAll)]
    public async Task A_clock_that_is_ahead_by_seconds_changes_nothing_and_one_that_was_by_years_makes_nobody_wait(string limit)
    {
        await using var one = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        await using var two = await identity.StartSecondAsync(4, (limit, "3"), Unasked);
        await FloodAsync();
        await BeginWindowsAsync(TimeSpan.FromSeconds(5));
        using var stranger = From(4, 2);
        Assert.Contains(Wrong, await TextAsync(stranger, "nobody-there", "one-password-for-all"), StringComparison.Ordinal);
        Assert.Contains(Waiting, await TextAsync(stranger, "nobody-else", "one-password-for-all"), StringComparison.Ordinal);

        await BeginWindowsAsync(TimeSpan.FromDays(1000));
        await using var three = await identity.StartSecondAsync(5, (limit, "3"), Unasked);
        using var later = From(5, 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains(Wrong, await TextAsync(later, "nobody-later-" + i, "one-password-for-all"), StringComparison.Ordinal);
        }

        Assert.Contains(Waiting, await TextAsync(later, "nobody-at-last", "one-password-for-all"), StringComparison.Ordinal);
    }

    [Theory] // 51
    [InlineData(PerAddress)]
    [InlineData(InAll)]
    public async Task A_node_whose_clock_is_wrong_by_minutes_takes_the_others_own_count_away_from_none(string limit)
    {
        await using var one = await identity.StartSecondAsync(3, (limit, "3"), Unasked);
        using var stranger = From(3, 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains(Wrong, await TextAsync(stranger, "nobody-" + i, "one-password-for-all"), StringComparison.Ordinal);

            // As the other one leaves it: a window that began at a time which is still to come here.
            await BeginWindowsAsync(TimeSpan.FromMinutes(13));
        }

        Assert.Contains(Waiting, await TextAsync(stranger, "nobody-at-last", "one-password-for-all"), StringComparison.Ordinal);
    }

    [Fact] // 51
    public async Task A_wrong_password_is_counted_by_one_statement_and_a_right_one_by_none()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = identity.NewBrowser();
        var (refused, counting) = await identity.Statements.WatchAsync(() => browser.SignInAsync(owner.Person.IdNumber, "mistyped"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Single(counting, statement => statement.Contains("FailureCounts", StringComparison.Ordinal));
        var (accepted, statements) = await identity.Statements.WatchAsync(() => browser.SignInAsync(owner.Person.IdNumber, Applicant.Password));
        Assert.Equal(HttpStatusCode.Found, accepted.StatusCode);
        Assert.NotEmpty(statements);
        Assert.DoesNotContain(statements, statement => statement.Contains("FailureCounts", StringComparison.Ordinal));
    }

    [Fact] // 51
    public async Task Nodes_that_count_at_the_same_moment_lose_nothing_and_none_waits_for_another_in_a_ring()
    {
        const int each = 10;
        await using var one = await identity.StartSecondAsync(3);
        await using var two = await identity.StartSecondAsync(4);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => FailAsync(i % 2 == 0 ? one.Services : two.Services, i)));
        Assert.Equal(1, await identity.RowsAsync($"\"FailureCounts\" WHERE \"Key\" = '*' AND \"Count\" = {6 * each}"));
        Assert.Equal(3, await identity.RowsAsync($"\"FailureCounts\" WHERE \"Key\" <> '*' AND \"Count\" = {2 * each}"));

        async Task FailAsync(IServiceProvider node, int worker)
        {
            for (var i = 0; i < each; i++)
            {
                await using var scope = node.CreateAsyncScope();
                var address = new IPAddress([127, 0, 0, (byte)(2 + ((worker + i) % 3))]);
                var outcome = await scope.ServiceProvider.GetRequiredService<AttemptBrake>().TryAsync(Guid.NewGuid().ToString("N"), address, () => Task.FromResult(false), CancellationToken.None);
                Assert.Equal(SignInOutcome.Refused, outcome);
            }
        }
    }

    [Fact] // 51
    public async Task A_wrong_password_that_the_database_cannot_count_is_wrong_and_counts_on_its_node()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var server = await identity.StartSecondAsync(3, (PerAddress, "3"), Unasked);
        using var stranger = From(3, 2);
        await identity.ExecuteAsync("ALTER TABLE \"FailureCounts\" RENAME TO \"FailureCountsElsewhere\"");
        try
        {
            for (var i = 0; i < 3; i++)
            {
                Assert.InRange((int)(await stranger.SignInAsync(owner.Person.IdNumber, "mistyped-" + i)).StatusCode, 500, 599);
            }

            Assert.Contains(Waiting, await TextAsync(stranger, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync("ALTER TABLE \"FailureCountsElsewhere\" RENAME TO \"FailureCounts\"");
        }
    }

    [Fact] // 51
    public async Task Addresses_are_forgotten_an_hour_after_their_window_began()
    {
        for (byte host = 2; host < 5; host++)
        {
            using var stranger = new Browser(identity.Issuer, new IPAddress([127, 0, 0, host]));
            Assert.Contains(Wrong, await TextAsync(stranger, $"nobody-{Guid.NewGuid():N}", "one-password-for-all"), StringComparison.Ordinal);
        }

        await SweepAsync();
        Assert.Equal(4, await identity.CountAsync("FailureCounts"));
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        using var visitor = new Browser(identity.Issuer, new IPAddress([127, 0, 0, 2]));
        Assert.Contains(Wrong, await TextAsync(visitor, $"nobody-{Guid.NewGuid():N}", "one-password-for-all"), StringComparison.Ordinal);
        await SweepAsync();

        // Theirs who came again, and everybody's.
        Assert.Equal(2, await identity.CountAsync("FailureCounts"));
        Assert.Equal(2, await identity.RowsAsync("\"FailureCounts\" WHERE \"Count\" = 1"));
    }

    [Theory] // 51
    [InlineData(PerAddress)]
    [InlineData(InAll)]
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
    [InlineData(InAll)]
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
    [InlineData(InAll)]
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
    [InlineData(InAll)]
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

    /// <summary>As if the windows had begun so long from now.</summary>
    private async Task BeginWindowsAsync(TimeSpan ahead)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var start = identity.Time.GetUtcNow() + ahead;
        Assert.Equal(2, await scope.ServiceProvider.GetRequiredService<IdentityContext>().FailureCounts.ExecuteUpdateAsync(set => set.SetProperty(c => c.Start, start)));
    }

    private async Task SweepAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await Assert.Single(scope.ServiceProvider.GetServices<IHousekeepingTask>().OfType<AttemptSweeping>()).SweepAsync(CancellationToken.None);
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
