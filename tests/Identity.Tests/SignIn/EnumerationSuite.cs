using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>
/// Attack 50: whether an account exists shows in nothing. Words, status and headers are compared; time by what it consists of, the statements sent to the database, one
/// by one, and by itself (<see cref="AnswerTimes"/>), at every door that a stranger may knock at with a name, a number or a phone. Passkeys and QR codes ask for none of these; a text message
/// at sign-in can be asked for only after the right password.
/// </summary>
public abstract class EnumerationSuite(IdentityFixture identity)
{
    /// <summary>A server that lets a door be knocked at often enough to measure it.</summary>
    private static readonly (string Key, string? Value)[] Patient =
    [
        ("SignIn:WrongPasswordsUntilBlock", "100"), ("SignIn:WrongPasswordsPerAddress", "100000"), ("SignIn:WrongPasswordsPerMinute", "100000"),
        ("Challenge:FailuresPerName", "1000"), ("Challenge:ChecksPerNumber", "1000"), ("Challenge:MessagesPerPhone", "1000"),
        ("PhoneCodes:PerPhoneAndHour", "1000"), ("PhoneCodes:PerAccountAndHour", "1000"),
    ];

    private const int PatientPort = 4;

    [Fact] // 50
    public async Task Neither_sign_in_nor_freezing_tells_by_any_kind_of_name_whether_there_is_an_account()
    {
        await using var server = await identity.StartSecondAsync(PatientPort, Patient);
        using var owner = await Applicant.RegisteredAsync(identity);
        var nobody = await identity.Sandbox.NextPersonAsync();
        var userName = await identity.ReadAsync($"""SELECT a."UserName" FROM "Accounts" a WHERE a."Id" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'""");
        using var browser = PatientBrowser();
        foreach (var (kind, known, unknown) in ((string, string, string)[])
            [("user name", userName, Guid.NewGuid().ToString("N")), ("ID number", owner.Person.IdNumber, nobody.IdNumber), ("phone", owner.Person.Phone, nobody.Phone)])
        {
            await AssertAlikeAsync("/sign-in by " + kind, AnswerBound.WithHash, ForgetTriesAsync, () => browser.SignInAsync(known, "wrong-password"), () => browser.SignInAsync(unknown, "wrong-password"));
            await AssertAlikeAsync("/freeze by " + kind, AnswerBound.WithHash, ForgetTriesAsync, () => FreezeAsync(known), () => FreezeAsync(unknown));
        }

        Task<HttpResponseMessage> FreezeAsync(string name) => FillAsync(browser, "/freeze", ("Name", name), ("Password", "wrong-password"));
    }

    [Fact] // 50
    public async Task No_step_of_a_recovery_tells_whether_there_is_an_account()
    {
        await using var server = await identity.StartSecondAsync(PatientPort, Patient);
        using var owner = await Applicant.RegisteredAsync(identity);
        var nobody = await identity.Sandbox.NextPersonAsync();
        using var known = new Forgetful(identity, owner.Person, PatientBrowser());
        using var unknown = new Forgetful(identity, nobody, PatientBrowser());

        // First, while the day's messages last: each round has a code of its own to be wrong about.
        await AssertAlikeAsync("/recover/code", AnswerBound.Plain, BeginAsync, () => known.TypeCodeAsync("000000"), () => unknown.TypeCodeAsync("000000"));
        await AssertAlikeAsync("/recover, password lost", AnswerBound.Plain, ForgetTriesAsync, () => known.TellAsync(), () => unknown.TellAsync());
        await AssertAlikeAsync("/recover, phone lost", AnswerBound.Plain, ForgetTriesAsync, () => known.TellAsync("phone"), () => unknown.TellAsync("phone"));
        await AssertAlikeAsync("/recover/ticket", AnswerBound.Plain, ForgetTriesAsync, () => TicketAsync(known, owner.Person), () => TicketAsync(unknown, nobody));
        await AssertAlikeAsync("/recover/password", AnswerBound.Plain, ProveNewPhonesAsync, () => known.FinishAsync("aaaaa-bbbbb"), () => unknown.FinishAsync("aaaaa-bbbbb"));

        async Task BeginAsync()
        {
            identity.Time.Advance(TimeSpan.FromHours(25));
            await ForgetTriesAsync();
            await known.TellAsync();
            await unknown.TellAsync();
            await identity.WaitForRecoveryCodesAsync();
        }

        async Task ProveNewPhonesAsync()
        {
            await ForgetTriesAsync();
            foreach (var person in (Forgetful[])[known, unknown])
            {
                var phone = (await identity.Sandbox.NextPersonAsync()).Phone;
                await person.TellAsync("phone");
                await person.NewPhoneAsync(phone);
                Assert.Equal("/recover/password", (await person.TypeCodeAsync(await identity.WaitForCodeAsync(phone, "recovery-new"))).Headers.Location?.OriginalString);
            }
        }

        static Task<HttpResponseMessage> TicketAsync(Forgetful forgetful, SyntheticPerson person) => forgetful.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", "aaaa-bbbb-cccc-dddd"));
    }

    [Fact] // 50
    public async Task Registration_tells_neither_of_a_number_nor_of_a_phone_whether_there_is_an_account()
    {
        await using var server = await identity.StartSecondAsync(PatientPort, Patient);
        using var owner = await Applicant.RegisteredAsync(identity);
        var (nobody, spare) = (await identity.Sandbox.NextPersonAsync(), await identity.Sandbox.NextPersonAsync());
        using var known = new Applicant(identity, owner.Person, PatientAddress);
        using var unknown = new Applicant(identity, nobody, PatientAddress);
        await AssertAlikeAsync("/register", AnswerBound.Plain, ForgetTriesAsync, () => known.TellAsync(), () => unknown.TellAsync());
        await AssertAlikeAsync("/register/phone", AnswerBound.Plain, ForgetTriesAsync, () => unknown.AskCodeAsync(owner.Person.Phone), () => unknown.AskCodeAsync(spare.Phone));
    }

    /// <summary>A hash that a city handed over costs more than ours, one of before a raised cost less: neither tells that there is an account.</summary>
    [Theory] // 50
    [InlineData("$2a$10$", "100000")]
    [InlineData("$2a$04$", "100000")]
    [InlineData(null, "200000")]
    public async Task An_account_whose_hash_costs_more_or_less_than_ours_is_not_told_by_it(string? bcrypt, string rounds)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        if (bcrypt is not null)
        {
            var hash = ForeignHashes.Bcrypt.Replace("$2a$04$", bcrypt, StringComparison.Ordinal);
            await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"PasswordHash\" = '{hash}' WHERE \"Id\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        }

        try
        {
            await using var server = await identity.StartSecondAsync(PatientPort, [.. Patient, ("SignIn:PasswordIterations", rounds)]);
            using var browser = PatientBrowser();
            await AssertAlikeAsync(
                "/sign-in with another kind of hash", AnswerBound.WithHash, ForgetTriesAsync, () => browser.SignInAsync(owner.Person.IdNumber, "wrong-password"), () => browser.SignInAsync("nobody-" + rounds, "wrong-password"));
        }
        finally
        {
            // No other test is to wait for it.
            await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"PasswordHash\" = NULL WHERE \"Id\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        }
    }

    [Fact]
    public async Task No_wrong_password_waits_until_the_accounts_are_looked_through_for_kinds_of_hash()
    {
        await using var server = await identity.StartSecondAsync(PatientPort, Patient);
        using var browser = PatientBrowser();
        var (_, first) = await identity.Statements.WatchAsync(() => browser.SignInAsync("nobody-" + Guid.NewGuid().ToString("N"), "wrong-password"));
        Assert.NotEmpty(first);
        Assert.DoesNotContain(first, statement => statement.Contains("LIKE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kinds_of_hash_are_looked_for_by_an_index_that_holds_foreign_ones_only()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        await using var transaction = await database.Database.BeginTransactionAsync();
        if (database.Database.IsNpgsql())
        {
            // The few accounts of a test are read quicker from end to end; of fifty million they are not.
            await database.Database.ExecuteSqlRawAsync("SET LOCAL enable_seqscan = off");
        }

        await using var command = PasswordPaceLearning.Newest(database).CreateDbCommand();
        command.CommandText = (database.Database.IsNpgsql() ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + command.CommandText;
        var plan = "";
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                plan += rows.GetString(rows.FieldCount - 1) + "\n";
            }
        }

        Assert.Contains("IX_Accounts_ForeignPasswords", plan, StringComparison.Ordinal);
    }

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
    public async Task Spellings_of_a_phone_share_one_count_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        foreach (var phone in (string[])[owner.Person.Phone, (await identity.Sandbox.NextPersonAsync()).Phone])
        {
            using var browser = identity.NewBrowser();
            var answers = new List<string>();
            for (var i = 0; i < 6; i++)
            {
                answers.Add(await Applicant.TextAsync(await browser.SignInAsync(i < 3 ? phone : "+86 " + phone, "wrong-password")));
            }

            Assert.Equal(5, answers.FindIndex(a => a.Contains("密码错误次数过多", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_name_with_a_character_that_is_none_is_an_unknown_name_like_any_other()
    {
        using var browser = identity.NewBrowser();
        var refused = await browser.SignInAsync("nobody-\uFFFE", "wrong-password");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("账号或密码不正确", await Applicant.TextAsync(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recovery_does_the_same_work_for_an_id_number_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var known = new Forgetful(identity, owner.Person);
        using var unknown = new Forgetful(identity, await identity.Sandbox.NextPersonAsync());
        await AssertSameAsync(() => known.TellAsync(), () => unknown.TellAsync());
        await identity.WaitForRecoveryCodesAsync();
        await AssertSameAsync(() => known.TypeCodeAsync("000000"), () => unknown.TypeCodeAsync("000000"));
        await AssertSameAsync(() => known.TellAsync("phone"), () => unknown.TellAsync("phone"));
    }

    [Fact]
    public async Task Text_messages_are_asked_for_with_the_same_work_for_a_phone_with_and_without_an_account()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var applicant = await Applicant.NewAsync(identity);
        var spare = await identity.Sandbox.NextPersonAsync();

        // The message of the registration is forgotten: pressure follows what was asked for a number, not whose it is.
        identity.Time.Advance(TimeSpan.FromMinutes(61));
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

    private string PatientAddress => $"http://localhost:{identity.BasePort + PatientPort}";

    private Browser PatientBrowser() => new(PatientAddress);

    /// <summary>What was tried before counts no more: by the hour, and in the database.</summary>
    private async Task ForgetTriesAsync()
    {
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        await identity.ExecuteAsync("DELETE FROM \"SignInAttempts\"");
    }

    /// <summary>Words, status, headers and statements, then the time.</summary>
    private async Task AssertAlikeAsync(string door, AnswerBound bound, Func<Task> prepare, Func<Task<HttpResponseMessage>> known, Func<Task<HttpResponseMessage>> unknown)
    {
        await prepare();
        await AssertSameAsync(known, unknown);
        await AnswerTimes.AssertAlikeAsync(door, bound, prepare, known, unknown);
    }

    private static async Task<HttpResponseMessage> FillAsync(Browser browser, string url, params (string Name, string Value)[] fields) =>
        await browser.SubmitAsync(url, await (await browser.GetAsync(url)).Content.ReadAsStringAsync(), fields);

    /// <param name="known">What is done about somebody with an account.</param>
    /// <param name="unknown">The same about somebody without.</param>
    private async Task AssertSameAsync(Func<Task<HttpResponseMessage>> known, Func<Task<HttpResponseMessage>> unknown)
    {
        // Once to warm up: the first request of a kind compiles its queries.
        await known();
        await unknown();
        var (first, firstWork) = await identity.Statements.WatchAsync(known);
        var (second, secondWork) = await identity.Statements.WatchAsync(unknown);
        Assert.Equal(await ShapeAsync(first), await ShapeAsync(second));
        Assert.NotEmpty(firstWork);
        Assert.Equal(firstWork, secondWork);
    }

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var names = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Content-Length" or "Date")).Select(h => h.Key).Order(StringComparer.Ordinal);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => Regex.Replace(c, "=[^;]*", "=", RegexOptions.None, TimeSpan.FromSeconds(1)) + LengthOf(c)).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return $"{(int)response.StatusCode} {response.Headers.Location} {string.Join(' ', names)} {string.Join(' ', cookies)}\n{body}";

        // Of the drafts only: other cookies are as long as what was typed, which differs from person to person.
        static string LengthOf(string cookie) => cookie.StartsWith("yinxin.identity.registration", StringComparison.Ordinal) ? $" {cookie.Split(';')[0].Length}" : "";
    }
}

[Collection(OnSqlite.Name)]
public sealed class EnumerationOnSqlite(SqliteIdentity identity) : EnumerationSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class EnumerationOnPostgres(PostgresIdentity identity) : EnumerationSuite(identity);
