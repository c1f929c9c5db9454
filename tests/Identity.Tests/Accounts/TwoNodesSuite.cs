using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What may be used once is used once, however many nodes are asked at the same moment. Codes of the app, recovery codes and the ticket of a counter; passkeys and hand-overs have suites of their own.</summary>
public abstract class TwoNodesSuite(IdentityFixture identity)
{
    private const string Page = "/sign-in/second-factor";
    private const int Rounds = 5;

    [Fact] // 52
    public async Task A_code_of_the_app_and_a_recovery_code_open_one_session_of_two()
    {
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        using var owner = await Applicant.RegisteredAsync(identity);
        var app = await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        var codes = Regex.Matches(await Applicant.TextAsync(await owner.FillAsync("/account/second-factor", "/account/second-factor?handler=Codes")), "<li><code>(?<c>[a-z2-9-]{11})</code></li>", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(m => m.Groups["c"].Value).ToList();
        Assert.Equal(10, codes.Count);
        for (var round = 0; round < Rounds; round++)
        {
            await AssertOneAsync(owner, "recovery", codes[round]);
            identity.Time.Advance(TimeSpan.FromMinutes(1));
            await AssertOneAsync(owner, "app", app.Code());
        }

        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        Assert.Equal(Rounds, await identity.RowsAsync($"\"RecoveryCodes\" WHERE \"AccountId\" = '{key}' AND \"UsedAt\" IS NOT NULL"));
    }

    private async Task AssertOneAsync(Applicant owner, string way, string code)
    {
        using var here = identity.NewBrowser();
        using var there = new Browser($"http://localhost:{identity.BasePort + 5}");
        Browser[] browsers = [here, there];
        foreach (var browser in browsers)
        {
            Assert.StartsWith(Page, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }

        var pages = await Task.WhenAll(browsers.Select(b => b.ReadAsync($"{Page}?way={way}")));
        var answers = await Task.WhenAll(browsers.Select((b, i) => b.SubmitAsync(Page, pages[i], ("Way", way), ("Code", code))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.UnprocessableEntity);
    }
}

[Collection(OnSqlite.Name)]
public sealed class TwoNodesOnSqlite(SqliteIdentity identity) : TwoNodesSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class TwoNodesOnPostgres(PostgresIdentity identity) : TwoNodesSuite(identity);
