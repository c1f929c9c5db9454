using System.Net;
using System.Web;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>The pages of sign-in and sign-out, and how a request for a fresh sign-in or a level is met.</summary>
public abstract class SignInSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_form_that_is_cut_off_or_has_too_many_fields_is_a_bad_request_also_where_the_token_comes_in_a_header()
    {
        using var browser = identity.NewBrowser();
        var token = Browser.HiddenFields(await browser.ReadAsync("/sign-in"))["__RequestVerificationToken"];
        foreach (var (type, body) in new[]
        {
            ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"Name\"\r\n\r\nabc"),
            ("multipart/form-data", "abc"),
            ("application/x-www-form-urlencoded", string.Join('&', Enumerable.Range(0, 1100).Select(i => $"f{i}=1"))),
        })
        {
            using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = content };
            request.Headers.Add("RequestVerificationToken", token);
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(request)).StatusCode);
        }
    }

    [Theory] // 50, 51
    [InlineData("victim")]
    [InlineData("nobody-of-this-name")]
    public async Task The_sixth_wrong_password_makes_a_name_wait_and_tells_nobody_whether_it_exists(string name)
    {
        using var browser = identity.NewBrowser();
        var pages = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var response = await browser.SignInAsync(name, "wrong-" + i);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            pages.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.All(pages.Take(5), p => Assert.Contains("账号或密码不正确", p, StringComparison.Ordinal));
        Assert.All(pages.Skip(5), p => Assert.Contains("密码错误次数过多", p, StringComparison.Ordinal));

        var right = await browser.SignInAsync(name, "password-" + name);
        Assert.Contains("密码错误次数过多", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(name == "victim" ? HttpStatusCode.Found : HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(name, "password-" + name)).StatusCode);
    }

    [Fact] // 51
    public async Task Parallel_guesses_are_counted_one_by_one()
    {
        using var browser = identity.NewBrowser();
        const string url = "/sign-in";
        var page = await (await browser.GetAsync(url)).Content.ReadAsStringAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => browser.SubmitAsync(url, page, ("Name", "parallel"), ("Password", "wrong" + i))));
        var texts = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        Assert.Equal(5, texts.Count(t => t.Contains("账号或密码不正确", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CITIZEN")]
    [InlineData(" citizen ")]
    [InlineData("340102199001011232")]
    [InlineData("13800000001")]
    [InlineData("+86 138 0000 0001")]
    public async Task A_person_signs_in_by_user_name_id_number_or_phone(string name)
    {
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(name, "password-citizen")).StatusCode);
    }

    [Theory] // 7
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("%2f%2fevil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/%2fevil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task A_return_address_is_a_path_of_this_app_or_nothing(string returnUrl)
    {
        using var browser = identity.NewBrowser();
        var response = await browser.SignInAsync("citizen", returnUrl: returnUrl);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode); // 12: 302, so the password is not sent on
        Assert.Equal("/account", response.Headers.Location?.OriginalString);
    }

    [Fact] // 41, 42, 43, 44
    public async Task The_sign_in_page_cannot_be_framed_its_form_is_bound_and_its_cookie_is_new_each_time()
    {
        using var browser = identity.NewBrowser();
        var page = await browser.GetAsync("/sign-in");
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());

        var stolen = await browser.PostAsync("/sign-in", [new("Name", "citizen"), new("Password", "password-citizen")]);
        Assert.Equal(HttpStatusCode.BadRequest, stolen.StatusCode);

        var first = await browser.SignInAsync("citizen");
        var cookie = first.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("yinxin.identity.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        var before = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;
        await browser.SignInAsync("citizen");
        Assert.NotEqual(before, browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value);

        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", before));
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact] // 44
    public async Task After_a_switch_of_whom_one_acts_for_the_older_cookie_is_worthless()
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("company");
        var before = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;
        var page = await (await browser.GetAsync("/account/acting")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/account/acting", page, ("Organisation", ""))).StatusCode);
        using var thief = identity.NewBrowser();
        thief.Cookies.Add(new Uri(identity.Issuer), new Cookie("yinxin.identity.session", before));
        Assert.Equal(HttpStatusCode.Found, (await thief.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact] // 58
    public async Task Nobody_can_choose_an_organisation_that_is_not_theirs()
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("citizen");
        var page = await (await browser.GetAsync("/account/acting")).Content.ReadAsStringAsync();
        var response = await browser.SubmitAsync("/account/acting", page, ("Organisation", Guid.NewGuid().ToString()));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Prompt_and_max_age_ask_for_a_new_sign_in_and_a_hint_for_the_same_person()
    {
        using var browser = identity.NewBrowser();
        var rp = new RelyingParty(identity);
        Assert.Equal("login_required", await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"))));
        var first = await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen")));
        Assert.Null(await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"))));
        Assert.Null(await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"), ("id_token_hint", first.IdToken))));
        Assert.Null(await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"), ("max_age", "10000"))));
        identity.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("login_required", await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"), ("max_age", "1"))));
        Assert.StartsWith("/sign-in", (await browser.GetAsync(rp.AuthorizeUrl(("prompt", "login")))).Headers.Location!.OriginalString, StringComparison.Ordinal);

        var again = await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(rp.AuthorizeUrl(("max_age", "1")), "citizen")));
        Assert.True(Answer.Claims(again.IdToken).GetProperty("auth_time").GetInt64() > Answer.Claims(first.IdToken).GetProperty("auth_time").GetInt64());

        using var stranger = identity.NewBrowser();
        await stranger.AuthorizeAsync(rp.AuthorizeUrl(), "company");
        Assert.Equal("login_required", await ErrorAsync(stranger, rp.AuthorizeUrl(("prompt", "none"), ("id_token_hint", first.IdToken))));
    }

    [Fact] // 49
    public async Task A_level_as_a_condition_is_met_or_refused_and_as_a_wish_it_is_offered()
    {
        const string advanced = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]}}}""";
        const string intermediate = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        using var browser = identity.NewBrowser();
        var rp = new RelyingParty(identity);
        await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen");
        Assert.Equal("unmet_authentication_requirements", await ErrorAsync(browser, rp.AuthorizeUrl(("claims", advanced))));
        Assert.Equal("unmet_authentication_requirements", await ErrorAsync(browser, rp.AuthorizeUrl(("claims", intermediate), ("prompt", "none"))));
        Assert.Null(await ErrorAsync(browser, rp.AuthorizeUrl(("acr_values", "urn:yinxin:assurance:intermediate"), ("prompt", "none"))));

        var stepUp = (await browser.GetAsync(rp.AuthorizeUrl(("claims", intermediate)))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/step-up?ReturnUrl=", stepUp, StringComparison.Ordinal);
        Assert.Contains("level=intermediate", stepUp, StringComparison.Ordinal);
        var back = HttpUtility.ParseQueryString(new Uri(identity.Issuer + stepUp).Query)["ReturnUrl"]!;
        Assert.Equal("unmet_authentication_requirements", await ErrorAsync(browser, back + "&step_up=declined"));

        using var higher = identity.NewBrowser();
        await higher.AuthorizeAsync(rp.AuthorizeUrl(), "company");
        await higher.StrengthenAsync(identity, "13800000002");
        Assert.Null(await ErrorAsync(higher, rp.AuthorizeUrl(("claims", intermediate))));
    }

    [Fact]
    public async Task A_request_survives_a_slow_sign_in_but_not_half_an_hour()
    {
        var rp = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        var page = (await browser.GetAsync(rp.AuthorizeUrl())).Headers.Location!.OriginalString;
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.NotEmpty(RelyingParty.Code(await browser.AuthorizeAsync(HttpUtility.ParseQueryString(new Uri(identity.Issuer + page).Query)["ReturnUrl"]!, "citizen")));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync("/connect/authorize?yinxin_request=CfDJ8forged")).StatusCode);
    }

    [Fact] // 8, 45
    public async Task Sign_out_follows_a_genuine_hint_and_asks_about_anything_else()
    {
        var rp = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        var tokens = await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen")));
        var parts = tokens.IdToken.Split('.');
        var forged = $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{parts[1]}.";
        var after = "&post_logout_redirect_uri=" + Uri.EscapeDataString(rp.Redirect);
        foreach (var url in (string[])[
            "/connect/logout",
            $"/connect/logout?id_token_hint={forged}{after}",
            $"/connect/logout?id_token_hint={parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(new byte[64])}{after}&client_id=public",
            $"/connect/logout?client_id=public{after}",
            $"/connect/logout?id_token_hint={tokens.AccessToken}{after}&client_id=public"])
        {
            var asked = await browser.GetAsync(url);
            Assert.True(asked.StatusCode == HttpStatusCode.BadRequest || asked.Headers.Location?.OriginalString == "/sign-out", $"{url}: {asked.StatusCode} {asked.Headers.Location}");
        }

        foreach (var bad in (string[])["https://evil.example/", rp.Redirect + "?x=1", rp.Redirect + "x"])
        {
            var refused = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.IdToken}&post_logout_redirect_uri={Uri.EscapeDataString(bad)}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        Assert.Null(await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"))));
        var good = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.IdToken}{after}&state=s");
        Assert.Equal($"{rp.Redirect}?state=s", good.Headers.Location?.OriginalString);
        Assert.Equal("login_required", await ErrorAsync(browser, rp.AuthorizeUrl(("prompt", "none"))));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_browsers_session()
    {
        using var here = identity.NewBrowser();
        using var there = identity.NewBrowser();
        await here.SignInAsync("citizen");
        await there.SignInAsync("citizen");
        var page = await (await here.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        await here.SubmitAsync("/sign-out", page, ("everywhere", "true"));
        Assert.Equal(HttpStatusCode.Found, (await there.GetAsync("/account/sessions")).StatusCode);
    }

    private static async Task<string?> ErrorAsync(Browser browser, string url)
    {
        var location = (await browser.GetAsync(url)).Headers.Location ?? throw new InvalidOperationException("No redirect.");
        return location.IsAbsoluteUri ? HttpUtility.ParseQueryString(location.Query)["error"] : throw new InvalidOperationException($"To a page: {location}");
    }
}

[Collection(OnSqlite.Name)]
public sealed class SignInOnSqlite(SqliteIdentity identity) : SignInSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class SignInOnPostgres(PostgresIdentity identity) : SignInSuite(identity);
