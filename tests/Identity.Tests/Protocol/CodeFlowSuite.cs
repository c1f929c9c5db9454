using System.Net;
using System.Text.Json;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>RFC 6749 §4.1 with PKCE, and what RFC 9700 says about codes and redirect URIs. The numbers are those of the attack list in the README.</summary>
public abstract class CodeFlowSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_person_signs_in_and_gets_tokens_that_say_who_and_how()
    {
        var rp = new RelyingParty(identity);
        var answer = await rp.SignInAsync("citizen");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var id = Answer.Claims(answer.IdToken);
        Assert.Equal(identity.Issuer, id.GetProperty("iss").GetString());
        Assert.Equal("nonce", id.GetProperty("nonce").GetString());
        Assert.Equal("urn:yinxin:assurance:primary", id.GetProperty("acr").GetString());
        Assert.Equal("pwd", id.GetProperty("amr")[0].GetString());
        Assert.True(id.TryGetProperty("sid", out _) && id.TryGetProperty("auth_time", out _));
        Assert.Equal("at+jwt", Answer.Header(answer.AccessToken).GetProperty("typ").GetString());
        Assert.Equal("ES256", Answer.Header(answer.AccessToken).GetProperty("alg").GetString());
        Assert.True(answer.Response.Headers.CacheControl?.NoStore);
        Assert.Equal(id.GetProperty("sub").GetString(), (await rp.UserInfoAsync(answer.AccessToken))["sub"]);
    }

    [Fact]
    public async Task Acting_for_an_organisation_stands_in_the_token_with_the_person_beside_it()
    {
        var answer = await new RelyingParty(identity).SignInAsync("company", forOrganisation: true);
        var claims = Answer.Claims(answer.AccessToken);
        Assert.Equal("organisation", claims.GetProperty("kind").GetString());
        Assert.Equal("91340100MA2N0000X1", claims.GetProperty("act_for").GetProperty("organisation").GetProperty("uscc").GetString());
        Assert.Equal("李样例", claims.GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_name_goes_with_the_scope_profile_and_to_nobody_who_asks_for_a_sign_in_alone()
    {
        var rp = new RelyingParty(identity, "confidential");
        var bare = await rp.SignInAsync("citizen", changes: [("scope", "openid offline_access")]);
        var asked = await rp.PostAsync("/connect/introspect", ("token", bare.AccessToken));
        Assert.Equal("True", asked["active"]);
        foreach (var told in (JsonElement[])[Answer.Claims(bare.IdToken), Answer.Claims(bare.AccessToken), (await rp.UserInfoAsync(bare.AccessToken)).Body, asked.Body])
        {
            Assert.False(told.TryGetProperty("name", out _));
            Assert.DoesNotContain("张样例", told.ToString(), StringComparison.Ordinal);
        }

        var named = await rp.SignInAsync("citizen", changes: [("scope", "openid profile offline_access")]);
        foreach (var told in (JsonElement[])[Answer.Claims(named.IdToken), Answer.Claims(named.AccessToken), (await rp.UserInfoAsync(named.AccessToken)).Body])
        {
            Assert.Equal("张样例", told.GetProperty("name").GetString());
        }

        // A refresh that narrows the scope narrows this too, and the next one may say it again.
        var narrow = await rp.RefreshAsync(named.RefreshToken, ("scope", "openid offline_access"));
        Assert.False(Answer.Claims(narrow.AccessToken).TryGetProperty("name", out _));
        Assert.Null((await rp.UserInfoAsync(narrow.AccessToken))["name"]);
        Assert.Equal("张样例", Answer.Claims((await rp.RefreshAsync(narrow.RefreshToken)).AccessToken).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Staff_bring_department_and_roles_but_no_citizens_scope()
    {
        var rp = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var answer = await rp.SignInAsync("window", changes: [("scope", "openid real_name case.apply identity.counter")]);
        var claims = Answer.Claims(answer.AccessToken);
        Assert.Equal("staff", claims.GetProperty("kind").GetString());
        Assert.Equal("11349900MB0000051U", claims.GetProperty("department").GetProperty("uscc").GetString());
        Assert.Equal(["window-officer", "counter-officer"], claims.GetProperty("role").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal("openid identity.counter", claims.GetProperty("scope").GetString());
        Assert.Equal("yinxin-identity", claims.GetProperty("aud").GetString());
    }

    [Fact]
    public async Task The_id_number_goes_to_the_platforms_own_apps_and_into_no_id_token()
    {
        var rp = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var answer = await rp.SignInAsync("citizen", changes: [("scope", "openid real_name case.apply")]);
        Assert.Equal("340102199001011232", Answer.Claims(answer.AccessToken).GetProperty("id_number").GetString());
        Assert.False(Answer.Claims(answer.IdToken).TryGetProperty("id_number", out _));
    }

    [Fact]
    public async Task An_account_that_nothing_proves_signs_in_and_gets_no_scope_that_acts_nor_a_name_that_nobody_compared()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        await identity.ExpireEvidenceAsync(person.Person.Phone, "population-match");
        var rp = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var answer = await rp.RedeemAsync(RelyingParty.Code((await person.Browser.GetAsync(rp.AuthorizeUrl(("scope", "openid profile real_name case.apply")))).Headers.Location!));
        var userInfo = (await rp.UserInfoAsync(answer.AccessToken)).Body;
        var claims = Answer.Claims(answer.AccessToken);
        Assert.Equal("urn:yinxin:assurance:none", claims.GetProperty("acr").GetString());
        Assert.Equal("openid profile", claims.GetProperty("scope").GetString());
        Assert.True(userInfo.TryGetProperty("name", out _));
        foreach (var told in (JsonElement[])[claims, userInfo, Answer.Claims(answer.IdToken)])
        {
            Assert.False(told.TryGetProperty("real_name", out _));
            Assert.False(told.TryGetProperty("id_number", out _));
        }

        var other = new RelyingParty(identity);
        var plain = await other.RedeemAsync(RelyingParty.Code((await person.Browser.GetAsync(other.AuthorizeUrl(("scope", "openid license.read")))).Headers.Location!));
        Assert.Equal("openid", Answer.Claims(plain.AccessToken).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Nothing_is_stored_before_the_person_has_acted()
    {
        using var browser = identity.NewBrowser();
        var before = await identity.CountAsync("Sessions") + await identity.CountAsync("Grants");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl())).StatusCode);
        }

        Assert.Equal(before, await identity.CountAsync("Sessions") + await identity.CountAsync("Grants"));
    }

    [Theory] // 1, 2, 3, 5
    [InlineData("http://127.0.0.1:51234/callback/")]
    [InlineData("http://127.0.0.1:51234/callback?x=1")]
    [InlineData("http://127.0.0.1:51234/callback#x")]
    [InlineData("http://127.0.0.1:51234/Callback")]
    [InlineData("http://127.0.0.1:51234/x/../callback")]
    [InlineData("http://127.0.0.1:51234/callbac%6b")]
    [InlineData("http://user@127.0.0.1:51234/callback")]
    [InlineData("http://127.0.0.1:51234@evil.example/callback")]
    [InlineData("http://127.0.0.1.evil.example:51234/callback")]
    [InlineData("http://127.0.0.2:51234/callback")]
    [InlineData("http://127.0.0.1:099999/callback")]
    [InlineData("http://127.0.0.1:51234\\callback")]
    [InlineData(" http://127.0.0.1:51234/callback")]
    [InlineData("https://127.0.0.1:51234/callback")]
    [InlineData("https://evil.example/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData(null)]
    public async Task A_redirect_uri_that_is_not_registered_gets_an_error_page_and_no_redirect(string? uri)
    {
        using var browser = identity.NewBrowser();
        var response = await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("redirect_uri", uri)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    [Theory] // 5
    [InlineData("http://127.0.0.1:1/callback")]
    [InlineData("http://localhost:65535/callback")]
    [InlineData("http://[::1]:8080/callback")]
    public async Task On_loopback_the_port_may_vary(string uri)
    {
        using var browser = identity.NewBrowser();
        Assert.StartsWith(uri + "?", (await browser.AuthorizeAsync(new RelyingParty(identity).AuthorizeUrl(("redirect_uri", uri)), "citizen")).OriginalString, StringComparison.Ordinal);
    }

    [Fact] // 9
    public async Task A_code_works_once_and_its_second_use_kills_the_tokens_of_the_first()
    {
        var rp = new RelyingParty(identity, "confidential");
        var code = await rp.CodeAsync("citizen");
        var first = await rp.RedeemAsync(code);
        var second = await rp.RedeemAsync(code);

        Assert.Equal("invalid_grant", second["error"]);
        Assert.Equal("invalid_grant", (await rp.RefreshAsync(first.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(first.AccessToken)).Status);
        Assert.Equal("False", (await rp.PostAsync("/connect/introspect", ("token", first.AccessToken)))["active"]);
    }

    [Fact] // 9
    public async Task Of_ten_parallel_redemptions_one_succeeds()
    {
        var rp = new RelyingParty(identity);
        var code = await rp.CodeAsync("citizen");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rp.RedeemAsync(code)));
        Assert.True(answers.Count(a => a.Status == HttpStatusCode.OK) <= 1);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal("invalid_grant", a["error"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await rp.RefreshAsync(answers.FirstOrDefault(a => a.Status == HttpStatusCode.OK)?.RefreshToken ?? "none")).Status);
    }

    [Fact] // 4, 10
    public async Task A_code_belongs_to_its_client_its_redirect_uri_and_its_verifier()
    {
        var rp = new RelyingParty(identity, "confidential");
        var code = await rp.CodeAsync("citizen");
        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "other").RedeemAsync(code, ("code_verifier", rp.Verifier)))["error"]);
        Assert.Equal("invalid_grant", (await rp.RedeemAsync(code, ("redirect_uri", "http://localhost:51234/callback")))["error"]);
        Assert.Equal("invalid_grant", (await rp.RedeemAsync(code, ("code_verifier", new string('a', 43))))["error"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await rp.RedeemAsync(code, ("code_verifier", null))).Status);
        Assert.Equal(HttpStatusCode.OK, (await rp.RedeemAsync(code)).Status);
    }

    [Fact] // 11
    public async Task A_code_is_dead_after_sixty_seconds()
    {
        var rp = new RelyingParty(identity);
        var code = await rp.CodeAsync("citizen");
        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("invalid_grant", (await rp.RedeemAsync(code))["error"]);
    }

    [Theory] // 14, 15
    [InlineData("plain", "0123456789012345678901234567890123456789012")]
    [InlineData(null, "0123456789012345678901234567890123456789012")]
    [InlineData("S256", null)]
    [InlineData("S256", "too-short")]
    [InlineData("S256", "01234567890123456789012345678901234567890 2")]
    [InlineData("s256", "0123456789012345678901234567890123456789012")]
    public async Task Pkce_is_S256_or_nothing(string? method, string? challenge)
    {
        using var browser = identity.NewBrowser();
        var response = await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("code_challenge_method", method), ("code_challenge", challenge)));
        var error = response.Headers.Location is { } location ? HttpUtility.ParseQueryString(location.Query)["error"] : null;
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest || error == "invalid_request", $"{response.StatusCode} {response.Headers.Location}");
    }

    [Theory] // 16
    [InlineData("none", "error")]
    [InlineData(null, "code")]
    public async Task The_issuer_stands_in_every_authorization_response(string? prompt, string expected)
    {
        using var browser = identity.NewBrowser();
        var answer = HttpUtility.ParseQueryString((await browser.AuthorizeAsync(new RelyingParty(identity).AuthorizeUrl(("prompt", prompt)), "citizen")).Query);
        Assert.NotNull(answer[expected]);
        Assert.Equal(identity.Issuer, answer["iss"]);
        Assert.Equal("state", answer["state"]);
        Assert.Null(answer["error_uri"]);
    }

    [Theory] // 37, and requests that must not be ignored
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("scope", "openid trust.certify", "invalid_request")]
    public async Task What_is_not_offered_is_refused(string name, string value, string error)
    {
        using var browser = identity.NewBrowser();
        var response = await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl((name, value)));
        var text = response.Headers.Location?.ToString() ?? await response.Content.ReadAsStringAsync();
        Assert.Contains(error, text, StringComparison.Ordinal);
    }

    [Fact] // 35
    public async Task Markup_and_line_breaks_in_parameters_do_no_harm()
    {
        using var browser = identity.NewBrowser();
        var broken = await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("state", "a\r\nSet-Cookie: x=y")));
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        var page = await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl(("client_id", "<script>alert(1)</script>")));
        Assert.DoesNotContain("<script>alert", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var login = await browser.GetAsync("/sign-in?ReturnUrl=/account/sessions&name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
        Assert.DoesNotContain("<script>alert", await login.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact] // 35
    public async Task The_form_post_page_may_run_its_one_line_of_script_and_no_other()
    {
        using var browser = identity.NewBrowser();
        var rp = new RelyingParty(identity);
        await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen");
        var response = await browser.GetAsync(rp.AuthorizeUrl(("response_mode", "form_post"), ("state", "\"><script>alert(1)</script>")));
        var page = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        var script = page[(page.IndexOf("<script>", StringComparison.Ordinal) + 8)..page.IndexOf("</script>", StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script)));
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains($"script-src 'sha256-{hash}';", policy, StringComparison.Ordinal);
        Assert.Contains("form-action http://127.0.0.1:51234;", policy, StringComparison.Ordinal);
        Assert.Equal(identity.Issuer, Browser.HiddenFields(page)["iss"]);
    }

    [Fact] // 63
    public async Task A_sign_in_writes_three_rows_and_a_silent_one_none()
    {
        using var browser = identity.NewBrowser();
        var rp = new RelyingParty(identity);
        var before = await RowsAsync();
        await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen")));
        Assert.Equal(before + 3, await RowsAsync());
        await browser.GetAsync(rp.AuthorizeUrl(("prompt", "none")));
        Assert.Equal(before + 3, await RowsAsync());
    }

    private async Task<long> RowsAsync() =>
        await identity.CountAsync("Sessions") + await identity.CountAsync("Grants") + await identity.CountAsync("AuditRecords") + await identity.CountAsync("SignInAttempts");

    [Fact]
    public async Task A_client_that_asks_for_it_gets_rs256()
    {
        var answer = await new RelyingParty(identity, "rsa").SignInAsync("citizen", changes: [("scope", "openid")]);
        Assert.Equal("RS256", Answer.Header(answer.IdToken).GetProperty("alg").GetString());
        Assert.Equal("ES256", Answer.Header(answer.AccessToken).GetProperty("alg").GetString());
    }
}

[Collection(OnSqlite.Name)]
public sealed class CodeFlowOnSqlite(SqliteIdentity identity) : CodeFlowSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class CodeFlowOnPostgres(PostgresIdentity identity) : CodeFlowSuite(identity);
