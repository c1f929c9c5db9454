using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>Attacks 50, 51: under pressure a form asks for work or time; what is shown twice, elsewhere, too late, forged or too easy opens nothing, and whoever mistypes once never sees it.</summary>
public abstract class ChallengeSuite(IdentityFixture identity)
{
    private const string Wrong = "账号或密码不正确";
    private const string Asked = "请完成下方的安全检查";
    private const string Early = "等待时间还没有到";

    [Fact]
    public async Task Whoever_mistypes_once_or_twice_never_sees_it_and_coming_in_forgets_what_was_mistyped()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = Plain();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 2; i++)
            {
                var refused = await browser.SignInAsync(owner.Person.IdNumber, "mistyped");
                Assert.Contains(Wrong, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Null(await Challenge.OfAsync(refused));
            }

            Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        }
    }

    [Fact]
    public async Task After_three_wrong_passwords_even_the_right_one_is_not_looked_at_without_a_proof_and_with_one_it_is()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = Plain();
        var shown = await PressAsync(browser, owner.Person.IdNumber);
        Assert.False(shown.Asked);
        var (without, statements) = await identity.Statements.WatchAsync(() => SendAsync(browser, owner.Person.IdNumber, Applicant.Password));
        Assert.Contains(Asked, await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(statements);
        Assert.Equal(HttpStatusCode.Found, (await SendAsync(browser, owner.Person.IdNumber, Applicant.Password, shown.Solve())).StatusCode);
    }

    [Fact]
    public async Task What_is_refused_unread_presses_on_nobody()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = Plain();
        var (freeze, ticket) = (await browser.ReadAsync("/freeze"), await browser.ReadAsync("/recover/ticket"));
        for (var i = 0; i < 4; i++)
        {
            Assert.Null(await Challenge.OfAsync(await browser.SubmitAsync("/freeze", freeze, ("Name", owner.Person.IdNumber), ("Password", ""))));
            var refused = await browser.SubmitAsync("/recover/ticket", ticket, ("IdNumber", new string('1', 31)), ("Ticket", "aaaa-bbbb"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Null(await Challenge.OfAsync(refused));
        }

        Assert.Null(await Challenge.OfAsync(await SendAsync(browser, owner.Person.IdNumber, "mistyped")));
    }

    [Fact]
    public async Task With_and_without_an_account_it_is_asked_for_with_the_same_words_and_work()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var names = (string[])[owner.Person.IdNumber, (await identity.Sandbox.NextPersonAsync()).IdNumber];
        var seen = new List<List<string>>();
        foreach (var name in names)
        {
            using var browser = Plain();
            var answers = new List<string>();
            HttpResponseMessage last = null!;
            for (var i = 0; i < 6; i++)
            {
                var fields = i < 3 ? [] : i == 4 ? [] : (await Challenge.OfAsync(last))!.Solve();
                var (answer, work) = await identity.Statements.WatchAsync(() => SendAsync(browser, name, "wrong-password", fields));
                answers.Add(await ShapeAsync(answer) + "\n" + work.Count);
                last = answer;
            }

            seen.Add(answers);
        }

        Assert.Equal(seen[0], seen[1]);
        Assert.Contains(Asked, seen[0][4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_counts_once_also_when_it_is_shown_many_times_at_once()
    {
        var name = "replay-" + Guid.NewGuid().ToString("N");
        using var browser = Plain();
        var proof = (await PressAsync(browser, name)).Solve().ToList();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(browser, name, "wrong", proof)));
        var texts = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        Assert.Single(texts, t => t.Contains(Wrong, StringComparison.Ordinal));
        Assert.Equal(7, texts.Count(t => t.Contains(Asked, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_proof_for_another_name_or_another_form_counts_for_nothing()
    {
        var (name, other, number) = ("a-" + Guid.NewGuid().ToString("N"), "b-" + Guid.NewGuid().ToString("N"), (await identity.Sandbox.NextPersonAsync()).IdNumber);
        using var browser = Plain();
        var ofName = await PressAsync(browser, name);
        await PressAsync(browser, other);
        Assert.Contains(Asked, await TextAsync(SendAsync(browser, other, "wrong", ofName.Solve())), StringComparison.Ordinal);

        var ofTicket = await PressAsync(browser, number, "/recover/ticket");
        await PressAsync(browser, number);
        Assert.Contains(Asked, await TextAsync(SendAsync(browser, number, "wrong", ofTicket.Solve())), StringComparison.Ordinal);

        // Untouched by the misuse, each still opens its own form.
        Assert.Contains(Wrong, await TextAsync(SendAsync(browser, name, "wrong", ofName.Solve())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_and_tampered_proofs_count_for_nothing()
    {
        var name = "forged-" + Guid.NewGuid().ToString("N");
        using var browser = Plain();
        var shown = await PressAsync(browser, name);
        var (ticket, proof) = (shown.Ticket, shown.Proof());
        var changed = ticket[..40] + (ticket[40] == 'A' ? 'B' : 'A') + ticket[41..];
        var easier = System.Text.Json.JsonSerializer.Serialize(new { Id = Guid.NewGuid(), Purpose = "sign-in", Work = 1, Answer = proof });
        foreach (var (t, p) in ((string, string)[])[("", ""), ("", proof), ("nonsense", proof), (changed, proof), (easier, proof), (new string('A', 100_000), proof), (ticket, ""), (ticket, new string('0', 32)), (ticket, proof[1..]), (ticket, proof + "0")])
        {
            var answer = await TextAsync(SendAsync(browser, name, "wrong", [new(Challenge.TicketField, t), new(Challenge.ProofField, p)]));
            Assert.True(answer.Contains(Asked, StringComparison.Ordinal) || answer.Contains(Early, StringComparison.Ordinal), answer);
        }

        var another = (await Challenge.OfAsync(await SendAsync(browser, name, "wrong")))!;
        Assert.Contains(Early, await TextAsync(SendAsync(browser, name, "wrong", [new(Challenge.TicketField, another.Ticket), new(Challenge.ProofField, proof)])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_dies_with_its_minutes()
    {
        var name = "late-" + Guid.NewGuid().ToString("N");
        using var browser = Plain();
        var shown = await PressAsync(browser, name);
        identity.Time.Advance(TimeSpan.FromSeconds(shown.Seconds) + TimeSpan.FromMinutes(11));
        Assert.Contains(Asked, await TextAsync(SendAsync(browser, name, "wrong", shown.Solve())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_and_wait_rise_with_the_pressure_to_a_bound_and_cheap_proofs_are_not_laid_in()
    {
        var name = "dear-" + Guid.NewGuid().ToString("N");
        using var browser = Plain();
        var cheap = await PressAsync(browser, name);
        Assert.Equal((20, 30), (Work(cheap), cheap.Seconds));
        var latest = cheap;
        var works = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            latest = (await Challenge.OfAsync(await SendAsync(browser, name, "wrong", latest.Solve())))!;
            works.Add(Work(latest));
        }

        Assert.Equal(works.Order(), works);
        Assert.Equal((200, 120), (works[^1], latest.Seconds));
        Assert.Contains(Asked, await TextAsync(SendAsync(browser, name, "wrong", cheap.Solve())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_script_time_counts_in_place_of_the_work_once_at_a_time_for_each_address()
    {
        // Another suite's wait from this address may still count.
        identity.Time.Advance(TimeSpan.FromMinutes(3));
        var (name, other) = ("patient-" + Guid.NewGuid().ToString("N"), "hoarder-" + Guid.NewGuid().ToString("N"));
        using var browser = Plain();
        var (first, second) = (await PressAsync(browser, name), await PressAsync(browser, other));
        var early = await SendAsync(browser, name, "wrong", Waited(first));
        Assert.Contains(Early, await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Nothing is lost by coming too early: what the page holds now is as good as before.
        var again = (await Challenge.OfAsync(early))!;
        identity.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains(Wrong, await TextAsync(SendAsync(browser, name, "wrong", Waited(again))), StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, await TextAsync(SendAsync(browser, name, "wrong", Waited(first))), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromSeconds(31));

        // Whoever waits for many at once gets through with one.
        Assert.Contains(Wrong, await TextAsync(SendAsync(browser, other, "wrong", Waited(second))), StringComparison.Ordinal);
        var hoarded = (await Challenge.OfAsync(await SendAsync(browser, name, "wrong")))!;
        var more = (await Challenge.OfAsync(await SendAsync(browser, other, "wrong")))!;
        identity.Time.Advance(TimeSpan.FromSeconds(Math.Max(hoarded.Seconds, more.Seconds) + 1));
        Assert.DoesNotContain(Asked, await TextAsync(SendAsync(browser, name, "wrong", Waited(hoarded))), StringComparison.Ordinal);
        Assert.Contains(Early, await TextAsync(SendAsync(browser, other, "wrong", Waited(more))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registrations_recoveries_and_messages_ask_for_it_too_and_keep_what_was_typed()
    {
        using var applicant = await Applicant.NewAsync(identity);
        using var forgetful = new Forgetful(identity, applicant.Person);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Found, (await TellAsync(applicant.Person, "/register")).StatusCode);
            Assert.Equal(HttpStatusCode.Found, (await TellAsync(applicant.Person, "/recover")).StatusCode);
        }

        foreach (var form in (string[])["/register", "/recover"])
        {
            var asked = await TellAsync(applicant.Person, form);
            var text = await Applicant.TextAsync(asked);
            Assert.Contains(Asked, text, StringComparison.Ordinal);
            Assert.Contains(applicant.Person.Name, text, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Found, (await TellAsync(applicant.Person, form, (await Challenge.OfAsync(asked))!.Solve())).StatusCode);
        }

        using var other = await Applicant.NewAsync(identity);
        await other.TellAsync();
        for (var i = 0; i < 3; i++)
        {
            var page = await (await other.Browser.GetAsync("/register/phone")).Content.ReadAsStringAsync();
            var form = Browser.HiddenFields(page);
            form["Phone"] = other.Person.Phone;
            var sent = await other.Browser.PostAsync("/register/phone", form);
            Assert.Equal(i < 2, await Challenge.OfAsync(sent) is null);
        }
    }

    [Fact]
    public async Task Thousands_of_tries_spread_over_names_and_addresses_are_asked_for_it_together()
    {
        await using var server = await identity.StartSecondAsync(4, ("Challenge:PerMinute", "100"));
        var address = $"http://localhost:{identity.BasePort + 4}";
        using var first = new Browser(address) { SolvesChallenges = false };
        var page = Browser.HiddenFields(await (await first.GetAsync("/sign-in")).Content.ReadAsStringAsync());
        var cookie = first.Cookies.GetCookieHeader(new Uri(address));
        var (looked, asked) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, cancellationToken) =>
        {
            using var bot = new Browser(address, new IPAddress([127, 1, (byte)(n >> 8), (byte)n])) { SolvesChallenges = false };
            bot.Cookies.SetCookies(new Uri(address), cookie.Replace("; ", ",", StringComparison.Ordinal));
            var answer = await TextAsync(bot.PostAsync("/sign-in", page.Append(new("Name", "spread-" + n)).Append(new("Password", "Password1"))));
            Interlocked.Increment(ref answer.Contains(Wrong, StringComparison.Ordinal) ? ref looked : ref asked);
        });
        Assert.InRange(looked, 100, 110);
        Assert.Equal(2000 - looked, asked);
    }

    private Browser Plain() => new(identity.Issuer) { SolvesChallenges = false };

    /// <summary>Three failures; what the last answer shows.</summary>
    private static async Task<Challenge> PressAsync(Browser browser, string name, string form = "/sign-in")
    {
        HttpResponseMessage last = null!;
        for (var i = 0; i < 3; i++)
        {
            last = form == "/sign-in" ? await SendAsync(browser, name, "wrong-" + i)
                : await browser.SubmitAsync(form, await (await browser.GetAsync(form)).Content.ReadAsStringAsync(), ("IdNumber", name), ("Ticket", "aaaa-bbbb"));
        }

        return (await Challenge.OfAsync(last))!;
    }

    private static async Task<HttpResponseMessage> SendAsync(Browser browser, string name, string password, IEnumerable<KeyValuePair<string, string>>? proof = null)
    {
        var form = Browser.HiddenFields(await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync());
        return await browser.PostAsync("/sign-in", form.Append(new("Name", name)).Append(new("Password", password)).Concat(proof ?? []));
    }

    private async Task<HttpResponseMessage> TellAsync(SyntheticPerson person, string form, IEnumerable<KeyValuePair<string, string>>? proof = null)
    {
        using var browser = Plain();
        var fields = Browser.HiddenFields(await (await browser.GetAsync(form)).Content.ReadAsStringAsync());
        fields["IdNumber"] = person.IdNumber;
        fields["Name"] = person.Name;
        fields["Sex"] = person.Sex;
        fields["Ethnicity"] = person.Ethnicity;
        fields["Lost"] = "password";
        return await browser.PostAsync(form, fields.Concat(proof ?? []));
    }

    private static List<KeyValuePair<string, string>> Waited(Challenge challenge) => [new(Challenge.TicketField, challenge.Ticket), new(Challenge.ProofField, "")];

    private static int Work(Challenge challenge) => challenge.Parameters.GetProperty("work").GetInt32();

    private static async Task<string> TextAsync(Task<HttpResponseMessage> response) => await (await response).Content.ReadAsStringAsync();

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "(?:value|data-challenge)=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var names = response.Headers.Concat(response.Content.Headers).Where(h => h.Key is not ("Content-Length" or "Date")).Select(h => h.Key).Order(StringComparer.Ordinal);
        return $"{(int)response.StatusCode} {string.Join(' ', names)}\n{body}";
    }
}

[Collection(OnSqlite.Name)]
public sealed class ChallengeOnSqlite(SqliteIdentity identity) : ChallengeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ChallengeOnPostgres(PostgresIdentity identity) : ChallengeSuite(identity);
