using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Registration of a person, with the real sandbox as population library and carrier.</summary>
public abstract class RegistrationSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_person_registers_without_script_and_signs_in_by_id_number()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var page = await applicant.ReadAsync("/account");
        Assert.Contains(applicant.Person.Name, page, StringComparison.Ordinal);
        Assert.Contains("初级", page, StringComparison.Ordinal);
        Assert.DoesNotContain(applicant.Person.IdNumber, page, StringComparison.Ordinal);
        Assert.DoesNotContain(applicant.Person.IdNumber.Substring(6, 8), page, StringComparison.Ordinal);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Theory]
    [InlineData("340190199001011234")]
    [InlineData("34019019900230123X")]
    [InlineData("123")]
    [InlineData("")]
    public async Task A_number_that_cannot_be_is_refused_before_anybody_is_asked(string number)
    {
        using var applicant = await Applicant.NewAsync(identity);
        await identity.Sandbox.FailAsync("/population", "status=503", 100);
        try
        {
            var response = await applicant.TellAsync(idNumber: number);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            var page = await Applicant.TextAsync(response);
            Assert.Contains("身份证号不正确", page, StringComparison.Ordinal);
            Assert.Contains($"value=\"{applicant.Person.Name}\"", page, StringComparison.Ordinal);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }
    }

    [Fact] // 50
    public async Task Whoever_guesses_at_a_number_keeps_nobody_from_registering_and_is_told_only_so_often()
    {
        const string mismatch = "与公安人口库的登记不一致";
        var person = await identity.Sandbox.NextPersonAsync();
        using var stranger = new Applicant(identity, person, from: new IPAddress([127, 0, 9, 1]));
        for (var i = 0; i < 10; i++)
        {
            Assert.Contains(mismatch, await Applicant.TextAsync(await stranger.TellAsync(name: "别人")), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await stranger.TellAsync(name: "别人")).StatusCode);

        // Wherever the next guess comes from, it looks like a right one until a phone was proved, and comes no further.
        using var helper = new Applicant(identity, person, from: new IPAddress([127, 0, 9, 2]));
        var phone = (await identity.Sandbox.NextPersonAsync()).Phone;
        Assert.Equal("/register/phone", (await helper.TellAsync(name: "别人")).Headers.Location?.OriginalString);
        Assert.Equal("/register/code", (await helper.AskCodeAsync(phone)).Headers.Location?.OriginalString);
        var refused = await helper.TypeCodeAsync(await identity.Sandbox.CodeAsync(phone));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(mismatch, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal("/register/phone", (await helper.Browser.GetAsync("/register/check")).Headers.Location?.OriginalString);
        Assert.Equal("/register", (await helper.Browser.GetAsync("/register/phone")).Headers.Location?.OriginalString);

        using var owner = new Applicant(identity, person);
        await owner.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await owner.FinishAsync()).StatusCode);
    }

    [Fact] // 50
    public async Task A_guess_that_is_not_told_is_told_neither_by_the_length_of_its_draft_nor_by_the_codes_it_may_have_nor_to_an_earlier_release()
    {
        // In an hour of the budgets that begins here.
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        var person = await identity.Sandbox.NextPersonAsync();
        using var stranger = new Applicant(identity, person, from: new IPAddress([127, 0, 9, 21]));
        for (var i = 0; i < 10; i++)
        {
            await stranger.TellAsync(name: "别人");
        }

        var wrong = person.Name[..^1] + (person.Name.EndsWith('某') ? "谁" : "某");
        using var guesser = new Applicant(identity, person, from: new IPAddress([127, 0, 9, 22]));
        using var owner = new Applicant(identity, person, from: new IPAddress([127, 0, 9, 23]));
        foreach (var (applicant, name) in ((Applicant, string)[])[(guesser, wrong), (owner, person.Name)])
        {
            Assert.Equal("/register/phone", (await applicant.TellAsync(name: name)).Headers.Location?.OriginalString);
        }

        Assert.Equal(Draft(owner).Length, Draft(guesser).Length);
        var protection = identity.Services.GetRequiredService<IDataProtectionProvider>();
        Assert.Contains(person.IdNumber, protection.CreateProtector("registration-draft.2").ToTimeLimitedDataProtector().Unprotect(Draft(guesser)), StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(() => protection.CreateProtector("registration-draft").ToTimeLimitedDataProtector().Unprotect(Draft(guesser)));
        Assert.Equal(10, await SentAsync(person.Name, 40));
        Assert.Equal(10, await SentAsync(wrong, 60));

        // Each with a new browser and a new phone from another address: what is left to count by is who it is about.
        async Task<int> SentAsync(string name, byte address)
        {
            for (var sent = 0; sent < 12; sent++)
            {
                using var applicant = new Applicant(identity, person, from: new IPAddress([127, 0, 9, (byte)(address + sent)]));
                Assert.Equal("/register/phone", (await applicant.TellAsync(name: name)).Headers.Location?.OriginalString);
                if ((await applicant.AskCodeAsync((await identity.Sandbox.NextPersonAsync()).Phone)).StatusCode == HttpStatusCode.TooManyRequests)
                {
                    return sent;
                }
            }

            return -1;
        }

        string Draft(Applicant applicant)
        {
            const string cookie = "yinxin.identity.registration";
            var cookies = applicant.Browser.Cookies.GetCookies(new Uri(identity.Issuer));
            var value = cookies[cookie]!.Value;
            return value.StartsWith("chunks-", StringComparison.Ordinal)
                ? string.Concat(Enumerable.Range(1, value[^1] - '0').Select(i => cookies[$"{cookie}C{i}"]!.Value))
                : value;
        }
    }

    [Fact]
    public async Task Whoever_registers_next_at_a_shared_browser_gets_an_account_of_their_own()
    {
        using var first = await Applicant.NewAsync(identity);
        await first.ProveAsync();
        var left = first.Browser.Cookies.GetAllCookies().ToList();
        Assert.Equal(HttpStatusCode.Found, (await first.FinishAsync()).StatusCode);

        // As the browser is when the first answer got lost on its way, once with and once without another click.
        foreach (var again in (bool[])[true, false])
        {
            using var next = await Applicant.NewAsync(identity);
            left.ForEach(cookie => next.Browser.Cookies.Add(new Uri(identity.Issuer), new Cookie(cookie.Name, cookie.Value)));
            if (again)
            {
                Assert.StartsWith("/account", (await next.FinishAsync()).Headers.Location!.OriginalString, StringComparison.Ordinal);
                Assert.DoesNotContain(first.Person.IdNumber, await next.ReadAsync("/register"), StringComparison.Ordinal);
            }

            await next.ProveAsync();
            Assert.Equal(HttpStatusCode.Found, (await next.FinishAsync()).StatusCode);
            Assert.Contains(next.Person.Name, await next.ReadAsync("/account"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mismatch_tells_neither_the_true_value_nor_which_entry_is_wrong()
    {
        using var applicant = await Applicant.NewAsync(identity);
        var person = applicant.Person;
        var stranger = ValidNumber("34019019000101011");
        var answers = new List<string>();
        foreach (var response in (HttpResponseMessage[])[
            await applicant.TellAsync(name: "别人"),
            await applicant.TellAsync(name: "别人", sex: person.Sex == "1" ? "2" : "1"),
            await applicant.TellAsync(name: "别人", ethnicity: "56"),
            await applicant.TellAsync(name: "别人", idNumber: stranger)])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            var page = await Applicant.TextAsync(response);
            Assert.DoesNotContain(person.Name, page, StringComparison.Ordinal);
            answers.Add(Summary(page));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal("/register", (await applicant.Browser.GetAsync("/register/phone")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_code_works_once_and_for_five_minutes_and_five_tries()
    {
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.TellAsync();
        await applicant.AskCodeAsync();
        var code = await identity.Sandbox.CodeAsync(applicant.Person.Phone);
        var wrong = code == "000000" ? "000001" : "000000";
        for (var i = 0; i < 5; i++)
        {
            Assert.Contains("验证码不正确", await Applicant.TextAsync(await applicant.TypeCodeAsync(wrong)), StringComparison.Ordinal);
        }

        Assert.Contains("验证码已失效", await Applicant.TextAsync(await applicant.TypeCodeAsync(code)), StringComparison.Ordinal);

        await applicant.AskCodeAsync();
        code = await identity.Sandbox.CodeAsync(applicant.Person.Phone);
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("验证码已失效", await Applicant.TextAsync(await applicant.TypeCodeAsync(code)), StringComparison.Ordinal);

        await applicant.AskCodeAsync();
        code = await identity.Sandbox.CodeAsync(applicant.Person.Phone);
        Assert.Equal("/register/check", (await applicant.TypeCodeAsync(code)).Headers.Location?.OriginalString);
        Assert.Contains("验证码已失效", await Applicant.TextAsync(await applicant.TypeCodeAsync(code)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_belongs_to_one_browser_and_a_phone_has_a_budget()
    {
        using var first = await Applicant.NewAsync(identity);
        using var second = new Applicant(identity, first.Person);
        await first.TellAsync();
        await second.TellAsync();
        await first.AskCodeAsync();
        var code = await identity.Sandbox.CodeAsync(first.Person.Phone);
        await second.AskCodeAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await second.TypeCodeAsync(code)).StatusCode);
        for (var i = 0; i < 3; i++)
        {
            await first.AskCodeAsync();
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await first.AskCodeAsync()).StatusCode);
        Assert.Equal(5, (await identity.Sandbox.MessagesAsync(first.Person.Phone)).Count);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("password123!")]
    [InlineData("1234567890")]
    [InlineData("aaaaaaaaaaaa")]
    public async Task A_weak_password_is_refused_and_nothing_is_lost(string password)
    {
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FinishAsync(password)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FinishAsync("x" + applicant.Person.IdNumber)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FinishAsync(Applicant.Password, "another one 1")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
    }

    [Fact]
    public async Task An_id_number_with_an_account_gets_the_same_answers_and_its_owner_a_message()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = new Applicant(identity, owner.Person);
        using var nobody = await Applicant.NewAsync(identity);
        var (taken, free) = (await other.TellAsync(), await nobody.TellAsync());
        Assert.Equal(free.StatusCode, taken.StatusCode);
        Assert.Equal(free.Headers.Location, taken.Headers.Location);
        Assert.Equal(Shape(await nobody.ReadAsync("/register/phone")), Shape(await other.ReadAsync("/register/phone")));

        await identity.WaitForMessagesAsync(owner.Person.Phone, "owner-notice");

        Assert.Single(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "owner-notice");

        // Whoever goes on with a phone of their own is told at the very end, and no second account is made.
        var before = await identity.CountAsync("Persons");
        var spare = nobody.Person.Phone;
        await other.AskCodeAsync(spare);
        await other.TypeCodeAsync(await identity.Sandbox.CodeAsync(spare));
        Assert.Equal("/register/taken", (await other.FinishAsync()).Headers.Location?.OriginalString);
        Assert.Equal(before, await identity.CountAsync("Persons"));
    }

    [Theory]
    [InlineData("/population", "delay=5s")]
    [InlineData("/population", "status=503")]
    [InlineData("/population", "drop")]
    [InlineData("/population", "malformed")]
    [InlineData("/sms", "status=503")]
    [InlineData("/sms", "drop")]
    public async Task An_authority_that_fails_leaves_nothing_half_done_and_trying_again_works(string path, string fault)
    {
        using var applicant = await Applicant.NewAsync(identity);
        if (path == "/sms")
        {
            await applicant.TellAsync();
        }

        var counts = (await identity.CountAsync("Persons"), await identity.CountAsync("PhoneCodes"), await identity.CountAsync("Evidence"));
        await identity.Sandbox.FailAsync(path, fault, 100);
        try
        {
            var response = path == "/sms" ? await applicant.AskCodeAsync() : await applicant.TellAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            var page = await Applicant.TextAsync(response);
            Assert.Contains("没有丢失", page, StringComparison.Ordinal);
            Assert.Contains(path == "/sms" ? applicant.Person.Phone : $"value=\"{applicant.Person.Name}\"", page, StringComparison.Ordinal);
            Assert.Equal(counts, (await identity.CountAsync("Persons"), await identity.CountAsync("PhoneCodes"), await identity.CountAsync("Evidence")));
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        await applicant.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
    }

    [Theory]
    [InlineData("status=503")]
    [InlineData("drop")]
    public async Task One_failure_of_the_population_library_is_not_even_noticed(string fault)
    {
        using var applicant = await Applicant.NewAsync(identity);
        await identity.Sandbox.FailAsync("/population", fault, 1);
        Assert.Equal("/register/phone", (await applicant.TellAsync()).Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("deceased")]
    [InlineData("name-changed")]
    [InlineData("withdrawn")]
    public async Task What_the_library_reports_after_its_check_is_newer_than_its_answer(string kind)
    {
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        var before = (await identity.CountAsync("Persons"), await identity.CountAsync("Evidence"));

        // There is no account yet that could follow, and the feed will bring the same event as one that was done.
        Assert.Equal("nobody", kind == "withdrawn" ? await AuthorityEvents.WithdrawAsync(identity, "population", await LastReceiptAsync()) : await ReportAsync(applicant, kind));
        var refused = await applicant.FinishAsync();
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("从第一步重新核对", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(before, (await identity.CountAsync("Persons"), await identity.CountAsync("Evidence")));
        Assert.Equal("/register/phone", (await applicant.Browser.GetAsync("/register/check")).Headers.Location?.OriginalString);
        Assert.Equal("/register", (await applicant.Browser.GetAsync("/register/phone")).Headers.Location?.OriginalString);
        Assert.Contains($"value=\"{applicant.Person.Name}\"", await applicant.ReadAsync("/register"), StringComparison.Ordinal);

        // A new answer knows of it.
        await applicant.ProveAsync();
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        Assert.Equal(before.Item1 + 1, await identity.CountAsync("Persons"));
    }

    [Fact]
    public async Task Of_a_death_and_a_registration_at_the_same_moment_whichever_comes_second_sees_the_other()
    {
        for (var round = 0; round < 4; round++)
        {
            using var applicant = await Applicant.NewAsync(identity);
            await applicant.ProveAsync();
            var page = await (await applicant.Browser.GetAsync("/register/check")).Content.ReadAsStringAsync();
            var before = await identity.CountAsync("Persons");
            var finishing = applicant.Browser.SubmitAsync("/register/check", page, ("Password", Applicant.Password), ("PasswordAgain", Applicant.Password), ("Agreement", "true"));
            var outcome = await ReportAsync(applicant, "deceased");
            var done = await finishing;
            if (outcome == "nobody")
            {
                Assert.Equal(HttpStatusCode.Conflict, done.StatusCode);
                Assert.Equal(before, await identity.CountAsync("Persons"));
            }
            else
            {
                Assert.Equal("frozen", outcome);
                Assert.Equal("deceased", await identity.ReadAsync($"SELECT \"FrozenReason\" FROM \"Accounts\" WHERE \"Id\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'"));
            }
        }
    }

    [Fact]
    public async Task Steps_cannot_be_skipped_and_a_forged_draft_is_worth_nothing()
    {
        using var browser = identity.NewBrowser();
        browser.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.registration", "CfDJ8forged"));
        foreach (var page in (string[])["/register/phone", "/register/code", "/register/check"])
        {
            Assert.StartsWith("/register", (await browser.GetAsync(page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    private Task<string> ReportAsync(Applicant applicant, string kind) =>
        AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind, idNumber = applicant.Person.IdNumber, name = "样新名" });

    /// <summary>Under which the library gave its newest answer.</summary>
    private async Task<string> LastReceiptAsync()
    {
        using var details = JsonDocument.Parse(await identity.ReadAsync("SELECT \"Details\" FROM \"AuditRecords\" WHERE \"Action\" = 'person.check' ORDER BY \"Sequence\" DESC LIMIT 1"));
        return details.RootElement.GetProperty("receipt").GetString()!;
    }

    private static string ValidNumber(string number) => number[..17] + Yinxin.ServiceDefaults.Identifiers.IdentityNumber.CheckCharacter(number);

    private static string Summary(string page) => Regex.Match(page, "<div class=\"error-summary\".*?</div>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Value;

    /// <summary>A page without what differs in any two answers.</summary>
    private static string Shape(string page) => Regex.Replace(page, "name=\"__RequestVerificationToken\"[^>]*>", "", RegexOptions.None, TimeSpan.FromSeconds(1));
}

[Collection(OnSqlite.Name)]
public sealed class RegistrationOnSqlite(SqliteIdentity identity) : RegistrationSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RegistrationOnPostgres(PostgresIdentity identity) : RegistrationSuite(identity);
