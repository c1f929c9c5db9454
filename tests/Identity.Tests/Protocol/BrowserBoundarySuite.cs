using System.Net;
using System.Text.Json;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>What a browser keeps apart: other origins, two tabs, a form sent twice, and what was on the screen before the sign-out.</summary>
public abstract class BrowserBoundarySuite(IdentityFixture identity)
{
    [Fact] // 41, 47
    public async Task Every_answer_keeps_to_its_own_origin_and_out_of_frames_errors_too()
    {
        using var visitor = identity.NewBrowser();
        using var person = identity.NewBrowser();
        await person.SignInAsync("citizen");
        foreach (var (browser, method, path, status) in ((Browser, HttpMethod, string, HttpStatusCode)[])
        [
            (visitor, HttpMethod.Get, "/sign-in", HttpStatusCode.OK),
            (visitor, HttpMethod.Get, "/account", HttpStatusCode.Found),
            (visitor, HttpMethod.Get, "/no-such-page", HttpStatusCode.NotFound),
            (visitor, HttpMethod.Get, "/connect/authorize", HttpStatusCode.BadRequest),
            (visitor, HttpMethod.Get, new RelyingParty(identity).AuthorizeUrl(("client_id", "nobody")), HttpStatusCode.BadRequest),
            (visitor, HttpMethod.Post, "/sign-in", HttpStatusCode.BadRequest),
            (visitor, HttpMethod.Get, "/api/grade", HttpStatusCode.Unauthorized),
            (person, HttpMethod.Get, "/account", HttpStatusCode.OK),
            (person, HttpMethod.Get, "/presence", HttpStatusCode.UnprocessableEntity),
            (person, HttpMethod.Get, $"/account/mandates/{Guid.NewGuid()}", HttpStatusCode.NotFound),
        ])
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Accept", "text/html");
            if (method == HttpMethod.Post)
            {
                request.Content = new FormUrlEncodedContent([]);
            }

            using var response = await browser.SendAsync(request);
            Assert.True(response.StatusCode == status, $"{path}: {response.StatusCode}");
            Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
            Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Theory] // 47
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:51234")]
    public async Task No_endpoint_opens_itself_to_a_script_of_another_origin(string origin)
    {
        using var person = identity.NewBrowser();
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code(await person.AuthorizeAsync(party.AuthorizeUrl(), "citizen")));
        foreach (var (method, path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, "/.well-known/openid-configuration"), (HttpMethod.Get, "/.well-known/jwks"), (HttpMethod.Get, party.AuthorizeUrl(("prompt", "none"))), (HttpMethod.Post, "/connect/token"),
            (HttpMethod.Post, "/connect/par"), (HttpMethod.Get, "/connect/userinfo"), (HttpMethod.Post, "/connect/introspect"), (HttpMethod.Post, "/connect/revoke"), (HttpMethod.Get, "/connect/logout"),
            (HttpMethod.Get, "/account"), (HttpMethod.Get, "/account/sessions"), (HttpMethod.Post, "/account/password"), (HttpMethod.Post, "/passkeys/request-options"), (HttpMethod.Get, "/api/grade"),
        ])
        {
            foreach (var preflight in (bool[])[true, false])
            {
                using var request = new HttpRequestMessage(preflight ? HttpMethod.Options : method, path);
                request.Headers.Add("Origin", origin);
                if (preflight)
                {
                    request.Headers.Add("Access-Control-Request-Method", method.Method);
                    request.Headers.Add("Access-Control-Request-Headers", "authorization, content-type");
                }
                else if (method == HttpMethod.Post)
                {
                    request.Content = new FormUrlEncodedContent([new("token", "x")]);
                }
                else if (path == "/connect/userinfo")
                {
                    request.Headers.Add("Authorization", "Bearer " + tokens.AccessToken);
                }

                using var response = await person.SendAsync(request);
                Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact] // 48
    public async Task After_sign_out_the_back_button_shows_nothing_of_before()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        string[] pages =
            ["/account", "/account/sessions", "/account/notices", "/account/applications", "/account/mandates", "/account/organisations", "/account/history", "/account/acting", "/sign-out"];
        foreach (var page in pages)
        {
            var shown = await person.Browser.GetAsync(page);
            Assert.True(shown.StatusCode == HttpStatusCode.OK, $"{page}: {shown.StatusCode}");
            Assert.True(shown.Headers.CacheControl?.NoStore, page);
        }

        // An error and a redirect tell of a person as well; what is the same for everybody may be kept.
        Assert.True((await person.Browser.GetAsync("/presence")).Headers.CacheControl?.NoStore);
        Assert.True((await person.Browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("prompt", "none")))).Headers.CacheControl?.NoStore);
        Assert.False((await person.Browser.GetAsync("/assets/site.css")).Headers.CacheControl?.NoStore);

        await person.FillAsync("/sign-out", ("everywhere", "false"));
        foreach (var page in pages.Where(p => p != "/sign-out"))
        {
            Assert.Contains("/sign-in?ReturnUrl=", (await person.Browser.GetAsync(page)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact] // 43, 48
    public async Task Of_two_tabs_each_comes_to_its_own_client_with_a_code_of_its_own()
    {
        using var browser = identity.NewBrowser();
        var first = new RelyingParty(identity);
        var second = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var firstTab = await browser.AskAsync(first, ("state", "first"));
        var secondTab = await browser.AskAsync(second, ("state", "second"));
        var firstForm = await (await browser.GetAsync(firstTab)).Content.ReadAsStringAsync();
        var secondForm = await (await browser.GetAsync(secondTab)).Content.ReadAsStringAsync();
        (string, string)[] typed = [("Name", "citizen"), ("Password", "password-citizen")];
        var signedIn = await browser.SubmitAsync(firstTab, firstForm, typed);
        Assert.Equal(firstTab.ReturnUrl(), signedIn.Headers.Location?.OriginalString);
        var session = browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value;

        // The other tab's form is of the time before: said in plain words, and led to where that tab was to go.
        var stale = await Answer.FromAsync(await browser.SubmitAsync(secondTab, secondForm, typed));
        Assert.Equal((HttpStatusCode.BadRequest, "http.formStale"), (stale.Status, stale["code"]));
        Assert.Equal(secondTab.ReturnUrl(), stale["again"]);
        using var request = new HttpRequestMessage(HttpMethod.Post, secondTab) { Content = new FormUrlEncodedContent(Browser.HiddenFields(secondForm)) };
        request.Headers.Add("Accept", "text/html");
        var page = await Applicant.TextAsync(await browser.SendAsync(request));
        Assert.Contains("登录状态在其他标签页中发生了变化", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{stale["again"]}\"", page, StringComparison.Ordinal);
        Assert.Equal(session, browser.Cookies.GetCookies(new Uri(identity.Issuer))["yinxin.identity.session"]!.Value);

        var secondAnswer = await browser.AuthorizeAsync(stale["again"]!, "citizen");
        var firstAnswer = await browser.AuthorizeAsync(firstTab.ReturnUrl(), "citizen");
        Assert.StartsWith(first.Redirect + "?", firstAnswer.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith(second.Redirect + "?", secondAnswer.OriginalString, StringComparison.Ordinal);
        Assert.Equal(("first", "second"), (State(firstAnswer), State(secondAnswer)));
        Assert.Equal("invalid_grant", (await first.RedeemAsync(RelyingParty.Code(secondAnswer), ("code_verifier", second.Verifier)))["error"]);
        Assert.Equal(HttpStatusCode.OK, (await first.RedeemAsync(RelyingParty.Code(firstAnswer))).Status);
        Assert.Equal(HttpStatusCode.OK, (await second.RedeemAsync(RelyingParty.Code(secondAnswer))).Status);

        // Back to the request that was answered: no second code.
        foreach (var answered in (string[])[firstTab.ReturnUrl(), secondTab.ReturnUrl()])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(answered)).StatusCode);
        }
    }

    [Fact] // 43, 48
    public async Task A_form_of_one_person_does_nothing_in_the_name_of_who_signed_in_meanwhile_in_another_tab()
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("citizen");
        const string url = "/account/sessions?handler=Others";
        var form = await (await browser.GetAsync("/account/sessions")).Content.ReadAsStringAsync();
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync("victim");
        await browser.SignInAsync("victim");
        var stale = await Answer.FromAsync(await browser.SubmitAsync(url, form));
        Assert.Equal((HttpStatusCode.BadRequest, "http.formStale", "/account/sessions"), (stale.Status, stale["code"], stale["again"]));
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/account/sessions")).StatusCode);

        // Their own form does it.
        var own = await (await browser.GetAsync("/account/sessions")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync(url, own)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await elsewhere.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact] // 45, 48
    public async Task Signing_out_twice_ends_on_the_same_page()
    {
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("citizen");
        var form = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal("/signed-out", (await browser.SubmitAsync("/sign-out", form, ("everywhere", "false"))).Headers.Location?.OriginalString);
        }
    }

    [Fact] // 48
    public async Task A_registration_sent_three_times_at_once_is_one_account()
    {
        using var person = await Applicant.NewAsync(identity);
        await person.ProveAsync();
        var form = await (await person.Browser.GetAsync("/register/check")).Content.ReadAsStringAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => person.Browser.SubmitAsync(
            "/register/check", form, ("Password", Applicant.Password), ("PasswordAgain", Applicant.Password), ("Agreement", "true"))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Found, a.StatusCode));

        // None is told that somebody else has the number.
        Assert.All(answers, a => Assert.StartsWith("/account", a.Headers.Location!.OriginalString, StringComparison.Ordinal));
        Assert.NotEmpty(await identity.KeyOfAsync(person.Person.IdNumber));
        Assert.Equal(HttpStatusCode.OK, (await person.Browser.GetAsync("/account")).StatusCode);

        // What the authorities answered is encrypted with the secret that was stored, whichever of the three stored it.
        using var data = JsonDocument.Parse(await (await person.FillAsync("/account/export")).Content.ReadAsStringAsync());
        var match = Assert.Single(data.RootElement.GetProperty("evidence").EnumerateArray(), e => e.GetProperty("kind").GetString() == "population-match");
        Assert.StartsWith("ey", match.GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    private static string? State(Uri answer) => HttpUtility.ParseQueryString(answer.Query)["state"];
}

[Collection(OnSqlite.Name)]
public sealed class BrowserBoundaryOnSqlite(SqliteIdentity identity) : BrowserBoundarySuite(identity);

[Collection(OnPostgres.Name)]
public sealed class BrowserBoundaryOnPostgres(PostgresIdentity identity) : BrowserBoundarySuite(identity);
