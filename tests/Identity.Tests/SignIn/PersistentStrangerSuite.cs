using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>The brake before passwords over hours and over nodes: it holds whoever guesses and shuts nobody out. Attack list 51.</summary>
public abstract class PersistentStrangerSuite(IdentityFixture identity)
{
    private const string Waiting = "密码错误次数过多";

    [Fact] // 51
    public async Task A_guess_counts_although_whoever_made_it_hangs_up_before_the_answer()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var account = await identity.KeyOfAsync(owner.Person.IdNumber);
        await using var scope = identity.Services.CreateAsyncScope();
        using var connection = new CancellationTokenSource();
        var hasher = new HangingUp(scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>(), connection);
        var passwords = ActivatorUtilities.CreateInstance<PasswordSignIn>(scope.ServiceProvider, hasher);
        var (outcome, _) = await passwords.TryAsync(new DefaultHttpContext(), owner.Person.IdNumber, "wrong-password", connection.Token);
        Assert.True(connection.IsCancellationRequested);
        Assert.Equal(SignInOutcome.Refused, outcome);
        var key = SignInKeys.Of(scope.ServiceProvider.GetRequiredService<PersonalData>(), Guid.Parse(account), "", device: null);
        Assert.Equal("1", await identity.ReadAsync($"SELECT \"Failures\" FROM \"SignInAttempts\" WHERE \"Key\" = '{key}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"SignInRecords\" WHERE \"AccountId\" = '{account}' AND \"Result\" = 'wrong-password'"));
    }

    [Fact] // 51
    public async Task Whoever_keeps_a_name_blocked_does_not_shut_its_owner_out_where_they_have_been_before()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = identity.NewBrowser();
        using var elsewhere = identity.NewBrowser();
        for (var i = 0; i < 6; i++)
        {
            await stranger.SignInAsync(owner.Person.IdNumber, "wrong-" + i);
        }

        for (var hour = 0; hour < 5; hour++)
        {
            Assert.Equal(HttpStatusCode.Found, (await owner.Browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
            Assert.Contains(Waiting, await TextAsync(elsewhere, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
            identity.Time.Advance(TimeSpan.FromMinutes(61));
            Assert.Contains(Waiting, await TextAsync(stranger, owner.Person.IdNumber, "wrong-again"), StringComparison.Ordinal);
        }

        // A browser that the account knows is braked as any other, and for itself.
        for (var i = 0; i < 6; i++)
        {
            await owner.Browser.SignInAsync(owner.Person.IdNumber, "mistyped-" + i);
        }

        Assert.Contains(Waiting, await TextAsync(owner.Browser, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
    }

    [Fact] // 51
    public async Task A_browser_known_to_one_account_has_no_tries_of_its_own_at_another()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var thief = await Applicant.RegisteredAsync(identity);
        using var helper = identity.NewBrowser();
        for (var i = 0; i < 6; i++)
        {
            await helper.SignInAsync(owner.Person.IdNumber, "wrong-" + i);
        }

        Assert.Contains(Waiting, await TextAsync(thief.Browser, owner.Person.IdNumber, Applicant.Password), StringComparison.Ordinal);
    }

    [Fact] // 51, 54
    public async Task A_recovery_opens_a_name_that_a_stranger_keeps_blocked()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = identity.NewBrowser();
        for (var i = 0; i < 6; i++)
        {
            await stranger.SignInAsync(owner.Person.IdNumber, "wrong-" + i);
            await owner.Browser.SignInAsync(owner.Person.IdNumber, "mistyped-" + i);
        }

        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync();
        await forgetful.FinishAsync();
        using var fresh = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await fresh.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.SignInAsync(owner.Person.IdNumber, Forgetful.NewPassword)).StatusCode);
    }

    [Fact] // 51
    public async Task Two_nodes_that_count_at_the_same_moment_lose_no_failure()
    {
        const int each = 25;
        await using var one = await identity.StartSecondAsync(3, ("SignIn:WrongPasswordsUntilBlock", "100"));
        await using var two = await identity.StartSecondAsync(4, ("SignIn:WrongPasswordsUntilBlock", "100"));
        var key = "both-" + Guid.NewGuid().ToString("N");
        await Task.WhenAll(FailAsync(one.Services), FailAsync(two.Services));
        Assert.Equal((2 * each).ToString(System.Globalization.CultureInfo.InvariantCulture), await identity.ReadAsync($"SELECT \"Failures\" FROM \"SignInAttempts\" WHERE \"Key\" = '{key}'"));

        async Task FailAsync(IServiceProvider node)
        {
            for (var i = 0; i < each; i++)
            {
                await using var scope = node.CreateAsyncScope();
                Assert.Equal(SignInOutcome.Refused, await scope.ServiceProvider.GetRequiredService<AttemptBrake>().TryAsync(key, IPAddress.Loopback, () => Task.FromResult(false), CancellationToken.None));
            }
        }
    }

    [Fact] // 51
    public async Task Names_that_a_stranger_made_up_are_forgotten_after_a_day()
    {
        await SweepAsync();
        using var stranger = identity.NewBrowser();
        for (var i = 0; i < 3; i++)
        {
            await stranger.SignInAsync($"made-up-{Guid.NewGuid():N}", "wrong");
        }

        var made = await identity.CountAsync("SignInAttempts");
        Assert.True(made >= 3);
        await SweepAsync();
        Assert.Equal(made, await identity.CountAsync("SignInAttempts"));
        identity.Time.Advance(TimeSpan.FromHours(25));
        await stranger.SignInAsync("made-up-lately", "wrong");
        await SweepAsync();
        Assert.Equal(1, await identity.CountAsync("SignInAttempts"));
    }

    private async Task SweepAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await Assert.Single(scope.ServiceProvider.GetServices<IHousekeepingTask>().OfType<AttemptSweeping>()).SweepAsync(CancellationToken.None);
    }

    /// <summary>Compares, and then nobody waits for the answer any more.</summary>
    private sealed class HangingUp(IPasswordHasher<Account> hasher, CancellationTokenSource connection) : IPasswordHasher<Account>
    {
        public string HashPassword(Account user, string password) => hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            var result = hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
            connection.Cancel();
            return result;
        }
    }

    private static async Task<string> TextAsync(Browser browser, string name, string password) =>
        WebUtility.HtmlDecode(await (await browser.SignInAsync(name, password)).Content.ReadAsStringAsync());
}

[Collection(OnSqlite.Name)]
public sealed class PersistentStrangerOnSqlite(SqliteIdentity identity) : PersistentStrangerSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PersistentStrangerOnPostgres(PostgresIdentity identity) : PersistentStrangerSuite(identity);
