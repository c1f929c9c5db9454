using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Strangers at the recovery pages: they keep no owner out, and learn of no account.</summary>
public abstract class RecoveryAttackSuite(IdentityFixture identity)
{
    [Fact] // 51, 54
    public async Task A_stranger_with_the_particulars_keeps_the_owner_out_neither_at_home_nor_elsewhere()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = new Forgetful(identity, owner.Person);
        HttpResponseMessage last = null!;
        for (var i = 0; i < 11; i++)
        {
            last = await stranger.TellAsync();
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
        for (var i = 0; i < 7; i++)
        {
            last = await stranger.TypeCodeAsync("000000");
        }

        Assert.Contains("错误次数过多", await Applicant.TextAsync(last), StringComparison.Ordinal);
        await identity.WaitForRecoveryCodesAsync();
        Assert.Equal(3, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "recovery"));

        // From another address, in a browser that has never been anywhere.
        using var elsewhere = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 9, 1])));
        Assert.Equal("/recover/code", (await elsewhere.TellAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover/password", (await elsewhere.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery", 4))).Headers.Location?.OriginalString);

        // More strangers have used up what the phone is sent for browsers that the account does not know.
        using var another = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 9, 2])));
        await another.TellAsync();
        await another.TellAsync();
        await identity.WaitForRecoveryCodesAsync();
        Assert.Equal(5, (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Purpose == "recovery"));

        // In one that it knows, at the address of the first stranger.
        using var home = new Forgetful(identity, owner.Person, owner.Browser);
        Assert.Equal("/recover/code", (await home.TellAsync()).Headers.Location?.OriginalString);
        Assert.Equal("/recover/password", (await home.TypeCodeAsync(await identity.WaitForCodeAsync(owner.Person.Phone, "recovery-known"))).Headers.Location?.OriginalString);
        Assert.Equal("/recover/done", (await home.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 51
    public async Task A_browser_known_to_one_account_has_no_checks_of_its_own_at_another()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var thief = await Applicant.RegisteredAsync(identity);
        using var stranger = new Forgetful(identity, owner.Person);
        for (var i = 0; i < 10; i++)
        {
            await stranger.TellAsync();
        }

        using var known = new Forgetful(identity, owner.Person, thief.Browser);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await known.TellAsync()).StatusCode);
    }

    [Fact] // 50, 51
    public async Task Whoever_guesses_particulars_from_many_addresses_is_told_nothing_after_ten_and_the_owner_still_gets_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var answers = new List<string>();
        for (var i = 1; i <= 13; i++)
        {
            using var guesser = new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 10, (byte)i])));
            var answer = await guesser.TellAsync(name: i == 13 ? null : "别人");
            var seen = $"{(int)answer.StatusCode} {answer.Headers.Location}";
            if (i > 10)
            {
                // The same page, the same refusal, right particulars or wrong ones.
                await identity.WaitForRecoveryCodesAsync();
                var (page, refusal) = (await guesser.Browser.GetAsync("/recover/code"), await guesser.TypeCodeAsync("000000"));
                seen += await ShapeAsync(page) + await ShapeAsync(refusal);
            }

            answers.Add(seen);
        }

        Assert.All(answers.Take(10), answer => Assert.Equal("422 ", answer));
        Assert.StartsWith("302 /recover/code", answers[10], StringComparison.Ordinal);
        Assert.Single(answers.Skip(10).Distinct());
        Assert.Single(await identity.Sandbox.MessagesAsync(owner.Person.Phone), m => m.Purpose == "recovery");

        using var forgetful = new Forgetful(identity, owner.Person);
        await forgetful.ProvePhoneAsync(2);
        Assert.Equal("/recover/done", (await forgetful.FinishAsync()).Headers.Location?.OriginalString);
    }

    [Fact] // 51
    public async Task Whoever_guesses_recovery_codes_from_one_address_bars_that_address_alone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var made = await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes"));
        var code = Regex.Match(made, "<code>(?<c>[0-9a-z]{5}-[0-9a-z]{5})</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;
        using var thief = await ProvedAsync(new Forgetful(identity, owner.Person));
        for (var i = 0; i < 6; i++)
        {
            await thief.FinishAsync("aaaaa-bbbbb");
        }

        Assert.Contains("错误次数过多", await Applicant.TextAsync(await thief.FinishAsync(code)), StringComparison.Ordinal);
        using var rightful = await ProvedAsync(new Forgetful(identity, owner.Person, new Browser(identity.Issuer, new IPAddress([127, 0, 11, 1]))));
        Assert.Equal("/recover/done?hours=72", (await rightful.FinishAsync(code)).Headers.Location?.OriginalString);

        async Task<Forgetful> ProvedAsync(Forgetful person)
        {
            var phone = (await identity.Sandbox.NextPersonAsync()).Phone;
            await person.TellAsync("phone");
            await person.NewPhoneAsync(phone);
            await person.TypeCodeAsync(await identity.WaitForCodeAsync(phone, "recovery-new"));
            return person;
        }
    }

    [Fact] // 50
    public async Task A_person_without_an_account_gets_the_same_answers_at_every_step()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var nobody = await identity.Sandbox.NextPersonAsync();
        var spare = await identity.Sandbox.NextPersonAsync();
        var answers = new List<string>[2];
        foreach (var (person, n) in new[] { (owner.Person, 0), (nobody, 1) })
        {
            using var stranger = new Forgetful(identity, person);
            List<HttpResponseMessage> seen = [await stranger.TellAsync(), await stranger.Browser.GetAsync("/recover/code")];
            for (var i = 0; i < 7; i++)
            {
                seen.Add(await stranger.TypeCodeAsync("000000"));
            }

            // A new form does not make the brake forget: with and without an account.
            seen.Add(await stranger.TellAsync());
            seen.Add(await stranger.TypeCodeAsync("000001"));
            identity.Time.Advance(TimeSpan.FromMinutes(20));
            seen.Add(await stranger.TellAsync("phone"));
            seen.Add(await stranger.NewPhoneAsync(spare.Phone));
            seen.Add(await stranger.TypeCodeAsync(await identity.WaitForCodeAsync(spare.Phone, "recovery-new", n + 1)));
            seen.Add(await stranger.Browser.GetAsync("/recover/password"));
            seen.Add(await stranger.FinishAsync("aaaaa-bbbbb"));
            seen.Add(await stranger.FillAsync("/recover/ticket", ("IdNumber", "340102199001011232"), ("Ticket", "aaaa-bbbb")));
            answers[n] = [.. await Task.WhenAll(seen.Select(ShapeAsync))];
        }

        Assert.Equal(answers[0], answers[1]);
    }

    /// <summary>Status, headers and words of an answer, without what differs in any two.</summary>
    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        var body = Regex.Replace(await response.Content.ReadAsStringAsync(), "value=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        var headers = response.Headers.Where(h => h.Key is not ("Date" or "Set-Cookie")).Select(h => $"{h.Key}={string.Join(',', h.Value)}").Order(StringComparer.Ordinal);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => Regex.Replace(c, "=[^;]*", "=", RegexOptions.None, TimeSpan.FromSeconds(1))).Order(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return $"{(int)response.StatusCode} {string.Join(' ', headers.Where(h => !h.Contains("trace", StringComparison.OrdinalIgnoreCase)))} {string.Join(' ', cookies)}\n{body}";
    }
}

[Collection(OnSqlite.Name)]
public sealed class RecoveryAttacksOnSqlite(SqliteIdentity identity) : RecoveryAttackSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class RecoveryAttacksOnPostgres(PostgresIdentity identity) : RecoveryAttackSuite(identity);
