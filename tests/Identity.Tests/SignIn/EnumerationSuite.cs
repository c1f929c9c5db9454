using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// Attack 50: whether an account exists shows in nothing. Words, status and headers are compared; time by what it consists of: the statements sent to the database, one
/// by one, and the cost of the hash, whose distributions must lie within each other.
/// </summary>
public abstract class EnumerationSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Sign_in_does_the_same_work_for_a_name_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = identity.NewBrowser();
        var nobody = "nobody-" + Guid.NewGuid().ToString("N");
        await AssertSameAsync(
            () => browser.SignInAsync(owner.Person.IdNumber, "wrong-password"),
            () => browser.SignInAsync(nobody, "wrong-password"));
    }

    [Fact]
    public async Task Recovery_does_the_same_work_for_an_id_number_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var known = new Forgetful(identity, owner.Person);
        using var unknown = new Forgetful(identity, await identity.Sandbox.NextPersonAsync());
        await AssertSameAsync(() => known.TellAsync(), () => unknown.TellAsync());
        await AssertSameAsync(() => known.TypeCodeAsync("000000"), () => unknown.TypeCodeAsync("000000"), lessForNobody: 1);
        await AssertSameAsync(() => known.TellAsync("phone"), () => unknown.TellAsync("phone"));
    }

    [Fact]
    public async Task Text_messages_are_asked_for_with_the_same_work_for_a_phone_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var applicant = await Applicant.NewAsync(identity);
        var spare = await identity.Sandbox.NextPersonAsync();
        await applicant.TellAsync();
        await AssertSameAsync(() => applicant.AskCodeAsync(owner.Person.Phone), () => applicant.AskCodeAsync(spare.Phone));
    }

    [Fact]
    public async Task The_hash_costs_the_same_also_after_its_cost_was_raised()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await using var second = await identity.StartSecondAsync(3, ("SignIn:PasswordIterations", "400000"));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 3}");

        // The first sign-in brings the hash up to the new cost.
        var before = await HashAsync(owner);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.NotEqual(before, await HashAsync(owner));
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);

        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 9; i++)
        {
            // Beyond the fifth failure the name waits: a right password in between keeps the count down.
            if (i % 4 == 3)
            {
                await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
            }

            known.Add(await MillisecondsAsync(() => browser.SignInAsync(owner.Person.IdNumber, "wrong-password")));
            unknown.Add(await MillisecondsAsync(() => browser.SignInAsync("nobody-" + i, "wrong-password")));
        }

        known.Sort();
        unknown.Sort();

        // Without the hash the one would be a tenth of the other. Fastest and median, since others share the machine.
        Assert.InRange(known[0] / unknown[0], 0.5, 2);
        Assert.InRange(known[4] / unknown[4], 0.4, 2.5);
    }

    private async Task<string> HashAsync(Applicant owner) =>
        await identity.ReadAsync($"""SELECT a."PasswordHash" FROM "Accounts" a WHERE a."Id" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'""");

    private static async Task<double> MillisecondsAsync(Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <param name="known">What is done about somebody with an account.</param>
    /// <param name="unknown">The same about somebody without.</param>
    /// <param name="lessForNobody">Statements that the second may lack, when they change nothing that could be measured.</param>
    private async Task AssertSameAsync(Func<Task<HttpResponseMessage>> known, Func<Task<HttpResponseMessage>> unknown, int lessForNobody = 0)
    {
        // Once to warm up: the first request of a kind compiles its queries.
        await known();
        await unknown();
        var (first, firstWork) = await identity.Statements.WatchAsync(known);
        var (second, secondWork) = await identity.Statements.WatchAsync(unknown);
        Assert.Equal(await ShapeAsync(first), await ShapeAsync(second));
        Assert.NotEmpty(firstWork);
        if (lessForNobody == 0)
        {
            Assert.Equal(firstWork, secondWork);
        }
        else
        {
            Assert.InRange(firstWork.Count - secondWork.Count, 0, lessForNobody);
        }
    }

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var names = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Content-Length" or "Date")).Select(h => h.Key).Order(StringComparer.Ordinal);
        return $"{(int)response.StatusCode} {response.Headers.Location} {string.Join(' ', names)}\n{body}";
    }
}

public sealed class EnumerationOnSqlite(SqliteIdentity identity) : EnumerationSuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class EnumerationOnPostgres(PostgresIdentity identity) : EnumerationSuite(identity);
