using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>A session that lies unused ends: 15 minutes for officials, 30 for the public; at work in an app counts as use; 8 and 12 hours are the most.</summary>
public abstract class IdleSessionSuite(IdentityFixture identity)
{
    [Fact] // 49
    public async Task A_person_who_was_away_for_half_an_hour_signs_in_again_and_so_does_the_app()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        identity.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account/sessions")).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.StartsWith("/sign-in", (await owner.Browser.GetAsync("/account/sessions")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Contains("error=login_required", (await owner.Browser.GetAsync(party.AuthorizeUrl(("prompt", "none")))).Headers.Location!.Query, StringComparison.Ordinal);

        // Dead, not asleep: it stands in no list, and asking does not wake it.
        using var again = identity.NewBrowser();
        await again.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(1, Regex.Count(await again.ReadAsync("/account/sessions"), "name=\"id\" value=", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task An_app_that_was_in_use_until_its_token_ended_leaves_the_whole_half_hour_after_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        identity.Time.Advance(TimeSpan.FromMinutes(34));
        tokens = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        identity.Time.Advance(TimeSpan.FromMinutes(36));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
    }

    [Fact]
    public async Task A_page_that_asks_by_itself_and_an_older_cookie_keep_no_session_awake()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var thief = identity.NewBrowser();
        const string cookie = "yinxin.identity.session";
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie(cookie, owner.Browser.Cookies.GetCookies(new Uri(identity.Issuer))[cookie]!.Value));
        await owner.Browser.StrengthenAsync(identity, owner.Person.Phone);
        const string page = "/account/step-up/phone?ReturnUrl=%2Faccount";
        for (var i = 0; i < 2; i++)
        {
            identity.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync($"{page}&handler=State&id={Guid.NewGuid()}")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync(page + "&renewal=script")).StatusCode);
        }

        Assert.StartsWith("/sign-in", (await thief.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.StartsWith("/sign-in", (await owner.Browser.GetAsync("/account")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_works_in_an_app_alone_stays_signed_in_until_the_longest_time()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var begun = identity.Time.GetUtcNow();
        var tokens = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        while (identity.Time.GetUtcNow() - begun < TimeSpan.FromHours(11.5))
        {
            identity.Time.Advance(TimeSpan.FromMinutes(20));
            tokens = await party.RefreshAsync(tokens.RefreshToken);
            Assert.Equal(HttpStatusCode.OK, tokens.Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account/sessions")).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(20));
        await party.RefreshAsync(tokens.RefreshToken);
        identity.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact] // 63
    public async Task An_official_who_was_away_for_a_quarter_of_an_hour_signs_in_again_at_console_and_api()
    {
        using var officer = await Officer.SignInAsync(identity, "auditor");
        var official = await Official.SignInAsync(identity, "auditor", "identity.policy");
        identity.Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.OK, (await officer.GetAsync("/console")).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/sign-in", (await officer.GetAsync("/console")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await official.GetAsync("/api/assurance-policies")).Status);

        // Eight hours are the most, however busy.
        using var busy = await Officer.SignInAsync(identity, "auditor");
        var begun = identity.Time.GetUtcNow();
        while (identity.Time.GetUtcNow() - begun < TimeSpan.FromHours(7.8))
        {
            identity.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/console")).StatusCode);
        }

        identity.Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.Found, (await busy.GetAsync("/console")).StatusCode);
    }

    [Fact] // 49
    public async Task What_an_official_typed_about_a_dispute_a_proposal_or_an_official_is_there_again_after_a_proof_that_became_too_old()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var frozen = await Applicant.RegisteredAsync(identity);
        Quarrel.Opened opened;
        string proposal;
        using (var first = await Officer.SignInAsync(identity, "counter-one"))
        {
            opened = await quarrel.OpenAsync(first);
            proposal = await first.ProposeAsync(await first.FindAsync("IdNumber", frozen.Person.IdNumber));
        }

        const string said = "样例：持有人到窗口说明，账号由本人于去年注册，手机一直自用";
        var answer = await AfterProofAsync("counter-two", opened.Address, "?handler=Answer", ("Answer", "contradict"), ("Text", said), ("Code", "abcd-efgh-jkmn"), ("DocumentChecked", "true"));
        Assert.Contains(said, answer, StringComparison.Ordinal);
        Assert.Contains("value=\"abcd-efgh-jkmn\"", answer, StringComparison.Ordinal);
        Assert.Contains("value=\"contradict\" checked=\"checked\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"DocumentChecked\" value=\"true\" checked", answer, StringComparison.Ordinal);

        const string reasons = "样例：证件与人口库一致，持有人说不清";
        var decision = await AfterProofAsync("counter-two", opened.Address, "", ("Decision", "reject"), ("Reasons", reasons), ("NoInterest", "true"));
        Assert.Contains(reasons, decision, StringComparison.Ordinal);
        Assert.DoesNotContain("checked=\"checked\"", decision, StringComparison.Ordinal);
        Assert.DoesNotContain(said, decision, StringComparison.Ordinal);

        const string note = "样例：已与窗口核实报案情况";
        Assert.Contains(note, await AfterProofAsync("security", proposal, "", ("Decision", "approve"), ("Note", note)), StringComparison.Ordinal);

        var clerk = $"/console/staff/{(await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'clerk'")).ToLowerInvariant()}";
        const string duty = "样例：调到受理岗位";
        Assert.Contains(duty, await AfterProofAsync("security", clerk, "?handler=Roles", ("Roles", "case-handler"), ("Explanation", duty)), StringComparison.Ordinal);
        var post = await AfterProofAsync("system", clerk, "?handler=Post", ("Hall", "样例区政务服务中心"), ("HallLevel", "county"));
        Assert.Contains("value=\"样例区政务服务中心\"", post, StringComparison.Ordinal);
        Assert.Contains("<option selected=\"selected\" value=\"county\">", post, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_times_can_be_set()
    {
        await using var server = await identity.StartSecondAsync(3, ("Sessions:PublicIdleMinutes", "60"));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 3}");
        await browser.SignInAsync("citizen");
        identity.Time.Advance(TimeSpan.FromMinutes(55));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/sessions")).StatusCode);
    }

    /// <summary>Opens a form, is at work beside it until the proof is too old, sends it, and comes back from the proof.</summary>
    /// <returns>The page as it is then.</returns>
    private async Task<string> AfterProofAsync(string official, string page, string handler, params (string Name, string Value)[] fields)
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(official, returnUrl: "/console");
        var form = await browser.ReadAsync(page);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        var confirm = (await browser.SubmitAsync(page + handler, form, fields)).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/confirm?", confirm, StringComparison.Ordinal);
        var back = await browser.SubmitAsync(confirm, await browser.ReadAsync(confirm), ("Password", "password-" + official));
        Assert.Equal(page + handler, back.Headers.Location?.OriginalString);
        var again = await browser.ReadAsync(page + handler);
        Assert.Contains("id=\"kept\"", again, StringComparison.Ordinal);
        return again;
    }
}

[Collection(OnSqlite.Name)]
public sealed class IdleSessionOnSqlite(SqliteIdentity identity) : IdleSessionSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class IdleSessionOnPostgres(PostgresIdentity identity) : IdleSessionSuite(identity);
