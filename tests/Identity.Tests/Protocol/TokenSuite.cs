using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>Refresh, introspection, revocation, userinfo, pushed requests, metadata: what is given, and what is refused.</summary>
public abstract class TokenSuite(IdentityFixture identity)
{
    private static AuthenticationHeaderValue Basic(string client, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}")));

    [Fact] // 18
    public async Task A_spent_refresh_token_is_dead_at_once_and_its_use_ends_the_family()
    {
        var rp = new RelyingParty(identity);
        var first = await rp.SignInAsync("citizen");
        var second = await rp.RefreshAsync(first.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal(Answer.Claims(first.IdToken).GetProperty("auth_time").GetInt64(), Answer.Claims(second.IdToken).GetProperty("auth_time").GetInt64());

        Assert.Equal("invalid_grant", (await rp.RefreshAsync(first.RefreshToken))["error"]);
        Assert.Equal("invalid_grant", (await rp.RefreshAsync(second.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(second.AccessToken)).Status);
    }

    [Fact] // 18
    public async Task Of_two_refreshes_at_once_exactly_one_wins_and_no_family_lives_on()
    {
        var rp = new RelyingParty(identity);
        var token = (await rp.SignInAsync("citizen")).RefreshToken;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rp.RefreshAsync(token)));
        var winners = answers.Where(a => a.Status == HttpStatusCode.OK).ToList();
        Assert.True(winners.Count <= 1);
        foreach (var winner in winners)
        {
            Assert.Equal("invalid_grant", (await rp.RefreshAsync(winner.RefreshToken))["error"]);
        }
    }

    [Fact] // 18
    public async Task A_refresh_token_is_bound_to_its_client_and_its_scope_cannot_grow()
    {
        var rp = new RelyingParty(identity, "confidential");
        var tokens = await rp.SignInAsync("citizen", changes: [("scope", "openid offline_access")]);
        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "other").RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.NotEqual(HttpStatusCode.OK, (await rp.RefreshAsync(tokens.RefreshToken, ("scope", "openid license.read"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await rp.RefreshAsync(tokens.RefreshToken, ("scope", "openid"))).Status);
    }

    [Fact]
    public async Task A_refresh_with_a_narrower_scope_says_no_more_than_that_and_the_next_one_may_say_all_again()
    {
        var rp = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var all = await rp.SignInAsync("citizen", changes: [("scope", "openid offline_access real_name case.apply")]);
        Assert.Equal("340102199001011232", Answer.Claims(all.AccessToken).GetProperty("id_number").GetString());
        var narrow = await rp.RefreshAsync(all.RefreshToken, ("scope", "openid case.apply"));
        Assert.Contains("case.apply", Answer.Claims(narrow.AccessToken).GetProperty("scope").ToString(), StringComparison.Ordinal);
        var user = await rp.UserInfoAsync(narrow.AccessToken);
        foreach (var name in (string[])["real_name", "id_number"])
        {
            Assert.False(Answer.Claims(narrow.AccessToken).TryGetProperty(name, out _), name);
            Assert.Null(user[name]);
        }

        Assert.Equal("张样例", Answer.Claims((await rp.RefreshAsync(narrow.RefreshToken)).AccessToken).GetProperty("real_name").GetString());
    }

    [Fact] // 19
    public async Task When_the_person_signs_out_refresh_userinfo_and_introspection_fail_at_once()
    {
        using var browser = identity.NewBrowser();
        var rp = new RelyingParty(identity, "confidential");
        var tokens = await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(rp.AuthorizeUrl(), "citizen")));
        Assert.Equal("True", (await rp.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);

        var page = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-out", page, ("everywhere", "false"))).StatusCode);

        Assert.Equal("invalid_grant", (await rp.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal("""{"active":false}""", (await rp.PostAsync("/connect/introspect", ("token", tokens.AccessToken))).Body.GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory] // 19
    [InlineData("ClosedAt")]
    [InlineData("PasswordChangedAt")]
    public async Task When_an_account_is_closed_or_its_password_changed_its_tokens_end(string column)
    {
        var rp = new RelyingParty(identity);
        var tokens = await rp.SignInAsync("victim");
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"{column}\" = '2099-01-01 00:00:00' WHERE \"UserName\" = 'victim'");
        try
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
            Assert.Equal("invalid_grant", (await rp.RefreshAsync(tokens.RefreshToken))["error"]);
        }
        finally
        {
            await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"{column}\" = NULL WHERE \"UserName\" = 'victim'");
        }
    }

    [Fact] // 58
    public async Task When_a_mandate_ends_its_tokens_end()
    {
        var rp = new RelyingParty(identity);
        var tokens = await rp.SignInAsync("company", forOrganisation: true);
        await identity.ExecuteAsync("UPDATE \"Organisations\" SET \"EndedAt\" = '2026-01-01 00:00:00'");
        try
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
            Assert.Equal("invalid_grant", (await rp.RefreshAsync(tokens.RefreshToken))["error"]);
        }
        finally
        {
            await identity.ExecuteAsync("UPDATE \"Organisations\" SET \"EndedAt\" = NULL");
        }
    }

    [Fact]
    public async Task When_evidence_is_gone_the_next_token_has_the_lower_level()
    {
        var rp = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("victim");
        await browser.StrengthenAsync(identity, "13800000004");
        var tokens = await browser.TokensAsync(rp);
        Assert.Equal("urn:yinxin:assurance:intermediate", Answer.Claims(tokens.IdToken).GetProperty("acr").GetString());
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = 'counter' AND \"SubjectId\" = '{await identity.KeyOfAsync("340102199001011291")}'");
        Assert.Equal("urn:yinxin:assurance:primary", Answer.Claims((await rp.RefreshAsync(tokens.RefreshToken)).IdToken).GetProperty("acr").GetString());
    }

    [Theory] // 32, 20
    [InlineData("/connect/token", "grant_type=client_credentials&scope=seal.apply&scope=seal.apply")]
    [InlineData("/connect/par", "client_id=confidential&client_id=confidential")]
    [InlineData("/connect/introspect", "token=a&token=b")]
    [InlineData("/connect/token?scope=seal.apply", "grant_type=client_credentials&scope=seal.apply")]
    [InlineData("/connect/userinfo", "access_token=a&access_token=b")]
    public async Task A_parameter_given_twice_is_refused(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded") };
        request.Headers.Authorization = Basic("confidential", IdentityFixture.Secret);
        var answer = await Answer.FromAsync(await identity.Http.SendAsync(request));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid_request", answer["error"]);
    }

    [Fact] // 32, 20
    public async Task Twice_at_the_front_and_tokens_in_the_address_are_refused()
    {
        var tokens = await new RelyingParty(identity).SignInAsync("citizen");
        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Http.GetAsync($"/connect/userinfo?access_token={tokens.AccessToken}")).StatusCode);
        var twice = await identity.Http.GetAsync(new RelyingParty(identity).AuthorizeUrl() + "&state=b");
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        Assert.Null(twice.Headers.Location);
    }

    [Fact] // 21, 25
    public async Task Only_an_access_token_signed_by_this_provider_opens_userinfo()
    {
        var rp = new RelyingParty(identity);
        var tokens = await rp.SignInAsync("citizen");
        var parts = tokens.AccessToken.Split('.');
        var keys = JsonDocument.Parse(await identity.Http.GetStringAsync("/.well-known/jwks")).RootElement.GetProperty("keys");
        var kid = Answer.Header(tokens.AccessToken).GetProperty("kid").GetString();
        string[] forged =
        [
            tokens.IdToken,
            tokens.RefreshToken,
            $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.",
            $"{Base64UrlEncoder.Encode("""{"alg":"nOnE","typ":"at+jwt"}""")}.{parts[1]}.",
            Hmac($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{kid}}"}""", parts[1], Encoding.UTF8.GetBytes(keys.GetRawText())),
            Ecdsa($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{kid}}"}""", parts[1]),
            Ecdsa("""{"alg":"ES256","typ":"at+jwt","kid":"../../etc/passwd' OR 1=1 --"}""", parts[1]),
            Ecdsa("""{"alg":"ES256","typ":"at+jwt","jku":"http://127.0.0.1:1/jwks"}""", parts[1]),
            $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(new byte[64])}",
            $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("person", "staff", StringComparison.Ordinal))}.{parts[2]}",
            "x", "..", new string('a', 8000),
        ];
        foreach (var token in forged)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(token)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Theory] // 53, 59
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("password")]
    public async Task A_grant_that_is_not_offered_gives_nothing(string grant)
    {
        var rp = new RelyingParty(identity, "confidential");
        var tokens = await rp.SignInAsync("citizen");
        var answer = await rp.TokenAsync(
            ("grant_type", grant), ("subject_token", tokens.AccessToken), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), ("device_code", "x"),
            ("username", "citizen"), ("password", "password-citizen"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Null(answer["access_token"]);
        Assert.Equal(HttpStatusCode.OK, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Fact] // 53, 61, 62
    public async Task Nobody_registers_a_client_begins_on_a_device_or_provisions_users_from_outside()
    {
        var metadata = await Answer.FromAsync(await identity.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        foreach (var name in (string[])["registration_endpoint", "device_authorization_endpoint", "backchannel_authentication_endpoint"])
        {
            Assert.False(metadata.Body.TryGetProperty(name, out _), name);
        }

        foreach (var path in (string[])["/connect/register", "/connect/device", "/connect/deviceauthorization", "/scim/v2/Users", "/scim/v2/Bulk"])
        {
            using var content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.NotFound, (await identity.Http.PostAsync(new Uri(path, UriKind.Relative), content)).StatusCode);
        }
    }

    [Fact] // 60
    public async Task Introspection_and_revocation_serve_the_tokens_own_client_only()
    {
        var rp = new RelyingParty(identity, "confidential");
        var stranger = new RelyingParty(identity, "other");
        var tokens = await rp.SignInAsync("citizen", changes: [("scope", "openid offline_access")]);
        Assert.Equal("False", (await stranger.PostAsync("/connect/introspect", ("token", tokens.AccessToken)))["active"]);
        Assert.Equal("False", (await stranger.PostAsync("/connect/introspect", ("token", "nonsense")))["active"]);
        Assert.NotEqual(HttpStatusCode.OK, (await new RelyingParty(identity).PostAsync("/connect/introspect", ("token", tokens.AccessToken))).Status);

        await stranger.PostAsync("/connect/revoke", ("token", tokens.AccessToken));
        await stranger.PostAsync("/connect/revoke", ("token", tokens.RefreshToken));
        Assert.Equal(HttpStatusCode.OK, (await rp.UserInfoAsync(tokens.AccessToken)).Status);

        var answer = await rp.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        Assert.Equal("True", answer["active"]);
        Assert.Equal(identity.Issuer, answer["iss"]);
        Assert.Equal(HttpStatusCode.OK, (await rp.PostAsync("/connect/revoke", ("token", tokens.RefreshToken))).Status);
        Assert.Equal("invalid_grant", (await rp.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rp.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Fact]
    public async Task A_service_gets_a_token_for_its_own_scopes_without_a_row()
    {
        var rp = new RelyingParty(identity, "confidential");
        var before = await identity.CountAsync("Grants");
        var answer = await rp.TokenAsync(("grant_type", "client_credentials"), ("scope", "seal.apply"));
        var claims = Answer.Claims(answer.AccessToken);
        Assert.Equal(identity.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal("yinxin-seal", claims.GetProperty("aud").GetString());
        Assert.Equal("confidential", claims.GetProperty("sub").GetString());
        Assert.Equal("confidential", claims.GetProperty("client_id").GetString());
        Assert.Equal("seal.apply", claims.GetProperty("scope").GetString());
        Assert.InRange(claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64(), 599, 601);
        Assert.Equal("at+jwt", Answer.Header(answer.AccessToken).GetProperty("typ").GetString());
        Assert.True(answer.Response.Headers.CacheControl?.NoStore);
        Assert.Equal(before, await identity.CountAsync("Grants"));
        Assert.Equal("True", (await rp.PostAsync("/connect/introspect", ("token", answer.AccessToken)))["active"]);

        // An unknown parameter takes the engine's way; what comes out is the same.
        var other = Answer.Claims((await rp.TokenAsync(("grant_type", "client_credentials"), ("scope", "seal.apply"), ("unknown", "x"))).AccessToken);
        foreach (var name in (string[])["iss", "aud", "sub", "client_id", "scope"])
        {
            Assert.Equal(other.GetProperty(name).GetString(), claims.GetProperty(name).GetString());
        }
    }

    [Theory]
    [InlineData("confidential", "wrong", "seal.apply", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("nobody", IdentityFixture.Secret, "seal.apply", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("confidential", IdentityFixture.Secret, "trust.certify", HttpStatusCode.BadRequest, null)]
    [InlineData("confidential", IdentityFixture.Secret, "license.read", HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("confidential", IdentityFixture.Secret, "openid", HttpStatusCode.BadRequest, null)]
    [InlineData("web", IdentityFixture.Secret, "case.apply", HttpStatusCode.BadRequest, "unauthorized_client")]
    public async Task A_service_is_refused_plainly(string client, string secret, string scope, HttpStatusCode status, string? error)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope)]),
        };
        request.Headers.Authorization = Basic(client, secret);
        var answer = await Answer.FromAsync(await identity.Http.SendAsync(request));
        Assert.Equal(status, answer.Status);
        Assert.Equal(error ?? answer["error"], answer["error"]);
        Assert.True(answer.Response.Headers.CacheControl?.NoStore);
    }

    [Fact] // 33
    public async Task A_pushed_request_lives_sixty_seconds_belongs_to_its_client_and_is_answered_once()
    {
        var rp = new RelyingParty(identity, "confidential");
        var pushed = await rp.PostAsync("/connect/par", [.. rp.Request().Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal(HttpStatusCode.Created, pushed.Status);
        Assert.Contains(pushed["expires_in"], (string[])["59", "60"]);
        var url = RelyingParty.Url([new("client_id", "confidential"), new("request_uri", pushed["request_uri"]!)]);

        using var browser = identity.NewBrowser();
        var foreign = await browser.GetAsync(RelyingParty.Url([new("client_id", "other"), new("request_uri", pushed["request_uri"]!)]));
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await rp.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(url, "citizen")))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(url)).StatusCode);

        var late = await rp.PostAsync("/connect/par", [.. rp.Request().Select(p => (p.Key, (string?)p.Value))]);
        identity.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(RelyingParty.Url([new("client_id", "confidential"), new("request_uri", late["request_uri"]!)]))).StatusCode);
    }

    [Theory] // 33: the same rules at the back door
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x")]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("code_challenge", null)]
    [InlineData("redirect_uri", "https://evil.example/")]
    [InlineData("response_type", "token")]
    [InlineData("scope", "openid trust.certify")]
    public async Task A_pushed_request_is_checked_like_one_at_the_front(string name, string? value)
    {
        var rp = new RelyingParty(identity, "confidential");
        var answer = await rp.PostAsync("/connect/par", [.. rp.Request((name, value)).Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact] // 30, 65
    public async Task Metadata_come_from_the_configuration_and_spell_the_issuer_once()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        var text = await (await identity.Http.SendAsync(request)).Content.ReadAsStringAsync();
        var metadata = JsonDocument.Parse(text).RootElement;
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.Equal(identity.Issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal(["S256"], metadata.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["code"], metadata.GetProperty("response_types_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.True(metadata.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        Assert.Equal(3, metadata.GetProperty("acr_values_supported").GetArrayLength());

        foreach (var key in JsonDocument.Parse(await identity.Http.GetStringAsync("/.well-known/jwks")).RootElement.GetProperty("keys").EnumerateArray())
        {
            Assert.Contains(key.GetProperty("kty").GetString(), (string[])["EC", "RSA"]);
            Assert.DoesNotContain(key.EnumerateObject(), p => p.Name is "d" or "p" or "q" or "dp" or "dq" or "qi" or "k");
        }
    }

    [Fact] // 36
    public async Task Malformed_input_gets_4xx_never_5xx()
    {
        string[] values = [new string('a', 5000), "\0", "-1", "99999999999999999999", "{\"id_token\":[1,{}]}", "[[[[", "%", "٣", "\ud83d\ude00"];
        foreach (var name in (string[])["claims", "max_age", "prompt", "scope", "acr_values", "id_token_hint", "ui_locales", "login_hint", "yinxin_request", "request_uri", "nonce"])
        {
            foreach (var value in values)
            {
                var response = await identity.Http.GetAsync(new RelyingParty(identity).AuthorizeUrl((name, value)));
                Assert.True((int)response.StatusCode < 500, $"{name}={value[..Math.Min(20, value.Length)]}: {response.StatusCode}");
            }
        }

        foreach (var body in (string[])["", "grant_type", "grant_type=authorization_code&code=%00", "grant_type=refresh_token&refresh_token=a.b.c", "grant_type=password&username=a&password=b", "=&=&"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded") };
            request.Headers.Authorization = Basic("confidential", IdentityFixture.Secret);
            Assert.InRange((int)(await identity.Http.SendAsync(request)).StatusCode, 400, 499);
        }
    }

    private static string Hmac(string header, string payload, byte[] key)
    {
        var input = $"{Base64UrlEncoder.Encode(header)}.{payload}";
        return $"{input}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Ecdsa(string header, string payload)
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var input = $"{Base64UrlEncoder.Encode(header)}.{payload}";
        return $"{input}.{Base64UrlEncoder.Encode(stranger.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }
}

[Collection(OnSqlite.Name)]
public sealed class TokenOnSqlite(SqliteIdentity identity) : TokenSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class TokenOnPostgres(PostgresIdentity identity) : TokenSuite(identity);
