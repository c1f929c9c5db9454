using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Passkeys in place of a password and beside it.</summary>
public abstract class PasskeySuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_person_registers_with_a_passkey_alone_and_signs_in_with_it()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.NewAsync(identity);
        await applicant.ProveAsync();
        var (page, options) = await OptionsAsync(applicant.Browser, "/register/check", "/passkeys/registration-options");
        var done = await applicant.Browser.SubmitAsync("/register/check", page, ("Passkey", device.Create(options)), ("Agreement", "true"));
        Assert.Equal("/account", done.Headers.Location?.OriginalString);
        var home = await applicant.ReadAsync("/account");
        Assert.Contains("初级", home, StringComparison.Ordinal);
        Assert.Contains("已添加通行密钥", home, StringComparison.Ordinal);

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        Assert.Contains(applicant.Person.Name, WebUtility.HtmlDecode(await (await browser.GetAsync("/account")).Content.ReadAsStringAsync()), StringComparison.Ordinal);

        // The only way in cannot be thrown away.
        var keys = await (await browser.GetAsync("/account/passkeys")).Content.ReadAsStringAsync();
        var id = System.Text.RegularExpressions.Regex.Match(keys, "name=\"Id\" value=\"(?<id>[0-9a-f]{64})\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/account/passkeys?handler=Remove", keys, ("Id", id))).StatusCode);
    }

    [Fact]
    public async Task A_passkey_is_added_named_used_and_removed()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        Assert.Contains("我的手机", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);
        Assert.Contains("尚未使用", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await SignInAsync(browser, device)).StatusCode);
        Assert.DoesNotContain("尚未使用", await applicant.ReadAsync("/account/passkeys"), StringComparison.Ordinal);

        var page = await applicant.ReadAsync("/account/passkeys");
        var id = System.Text.RegularExpressions.Regex.Match(page, "name=\"Id\" value=\"(?<id>[0-9a-f]{64})\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        await applicant.Browser.SubmitAsync("/account/passkeys?handler=Remove", page, ("Id", id));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
    }

    [Fact]
    public async Task Acr_and_amr_of_a_passkey_stand_in_the_token()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await SignInAsync(browser, device);
        var location = (await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!;
        var claims = Answer.Claims((await party.RedeemAsync(RelyingParty.Code(location))).IdToken);
        Assert.Equal(["hwk", "user"], claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("acr").GetString());
    }

    [Fact]
    public async Task A_foreign_origin_an_unverified_person_and_a_replay_are_refused()
    {
        using var device = new SoftwareAuthenticator(identity.Issuer);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await AddAsync(applicant, device);
        using var browser = identity.NewBrowser();
        device.Origin = "http://localhost.evil.example";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        device.Origin = identity.Issuer;
        device.Verified = false;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignInAsync(browser, device)).StatusCode);
        device.Verified = true;

        var (page, options) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
        var challenge = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.passkey.get"]!;
        var answer = device.Get(options);
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-in", page, ("Passkey", answer))).StatusCode);
        using var thief = identity.NewBrowser();
        var own = await (await thief.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie(challenge.Name, challenge.Value));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.SubmitAsync("/sign-in", own, ("Passkey", answer))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await thief.SubmitAsync("/sign-in", own, ("Passkey", "{\"id\":"))).StatusCode);
    }

    [Fact]
    public async Task To_manage_passkeys_one_signs_in_anew()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/sign-in", (await applicant.Browser.GetAsync("/account/passkeys")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static async Task AddAsync(Applicant applicant, SoftwareAuthenticator device)
    {
        var (page, options) = await OptionsAsync(applicant.Browser, "/account/passkeys", "/passkeys/creation-options");
        Assert.Equal(HttpStatusCode.Found, (await applicant.Browser.SubmitAsync("/account/passkeys", page, ("Passkey", device.Create(options)), ("Label", "我的手机"))).StatusCode);
    }

    private static async Task<HttpResponseMessage> SignInAsync(Browser browser, SoftwareAuthenticator device)
    {
        var (page, options) = await OptionsAsync(browser, "/sign-in", "/passkeys/request-options");
        return await browser.SubmitAsync("/sign-in", page, ("Passkey", device.Get(options)));
    }

    /// <summary>What the page's script does before it calls the browser.</summary>
    private static async Task<(string Page, string Options)> OptionsAsync(Browser browser, string url, string endpoint)
    {
        var page = await (await browser.GetAsync(url)).Content.ReadAsStringAsync();
        var response = await browser.PostAsync(endpoint, Browser.HiddenFields(page).Where(f => f.Key == "__RequestVerificationToken"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (page, await response.Content.ReadAsStringAsync());
    }
}

public sealed class PasskeyOnSqlite(SqliteIdentity identity) : PasskeySuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class PasskeyOnPostgres(PostgresIdentity identity) : PasskeySuite(identity);
