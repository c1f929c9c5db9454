using System.Net;
using System.Text.Json;
using System.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.VerifiedClaims;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>OIDC Core §8.1: clients outside the platform know a person by what their sector calls him, so that two of them cannot put together what they know.</summary>
public abstract class SectorSuite(IdentityFixture identity)
{
    private const string CitizensNumber = "340102199001011232";

    private RelyingParty North() => new(identity, "north", "https://north.example/callback");

    /// <summary>Of the same sector.</summary>
    private RelyingParty NorthApp() => new(identity, "north-app", "https://app.example/callback");

    private RelyingParty South() => new(identity, "south", "https://south.example/callback");

    [Fact]
    public async Task Two_sectors_call_one_person_and_one_session_by_two_names_and_neither_is_the_platforms()
    {
        using var browser = identity.NewBrowser();
        var platform = Answer.Claims((await TokensAsync(browser, new RelyingParty(identity))).IdToken);
        var north = Answer.Claims((await TokensAsync(browser, North())).IdToken);
        var app = Answer.Claims((await TokensAsync(browser, NorthApp())).IdToken);
        var south = Answer.Claims((await TokensAsync(browser, South())).IdToken);
        Assert.Equal((await identity.KeyOfAsync(CitizensNumber)).ToLowerInvariant(), Text(platform, "sub"));
        foreach (var name in (string[])["sub", "sid"])
        {
            Assert.Equal(Text(north, name), Text(app, name));
            Assert.Equal(3, new[] { platform, north, south }.Select(c => Text(c, name)).Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Fact]
    public async Task Every_token_and_answer_says_the_same_and_none_names_account_or_session()
    {
        using var browser = identity.NewBrowser();
        var platform = Answer.Claims((await TokensAsync(browser, new RelyingParty(identity))).IdToken);
        var party = North();
        var code = RelyingParty.Code(await browser.AuthorizeAsync(party.AuthorizeUrl(), "citizen"));
        var ofCode = await party.PostAsync("/connect/introspect", ("token", code));
        var tokens = await party.RedeemAsync(code);
        var sub = Text(Answer.Claims(tokens.IdToken), "sub");
        var user = await party.UserInfoAsync(tokens.AccessToken);
        var asked = await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        var ofRefresh = await party.PostAsync("/connect/introspect", ("token", tokens.RefreshToken));
        var fresh = await party.RefreshAsync(tokens.RefreshToken);
        var again = await party.RefreshAsync(fresh.RefreshToken);
        var userAgain = await party.UserInfoAsync(again.AccessToken);
        Assert.Equal("True", asked["active"]);
        foreach (var told in (JsonElement[])[
            Answer.Claims(tokens.AccessToken), user.Body, asked.Body, Answer.Claims(fresh.IdToken), Answer.Claims(fresh.AccessToken), Answer.Claims(again.IdToken), userAgain.Body])
        {
            Assert.Equal(sub, Text(told, "sub"));
        }

        Assert.Equal(Text(Answer.Claims(tokens.IdToken), "sid"), Text(Answer.Claims(again.IdToken), "sid"));
        foreach (var told in (JsonElement[])[
            Answer.Claims(tokens.IdToken), Answer.Claims(tokens.AccessToken), user.Body, asked.Body, ofCode.Body, ofRefresh.Body, Answer.Claims(again.IdToken), Answer.Claims(again.AccessToken)])
        {
            Assert.DoesNotContain(Text(platform, "sub"), told.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Text(platform, "sid"), told.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.False(told.ValueKind == JsonValueKind.Object && told.TryGetProperty("acr_basis", out _));
        }
    }

    [Fact]
    public async Task The_name_outlives_a_sign_in_and_belongs_to_one_person()
    {
        using var first = identity.NewBrowser();
        using var second = identity.NewBrowser();
        using var other = identity.NewBrowser();
        var before = Answer.Claims((await TokensAsync(first, North())).IdToken);
        var after = Answer.Claims((await TokensAsync(second, North())).IdToken);
        var another = Answer.Claims((await TokensAsync(other, North(), "company")).IdToken);
        Assert.Equal(Text(before, "sub"), Text(after, "sub"));
        Assert.NotEqual(Text(before, "sid"), Text(after, "sid"));
        Assert.NotEqual(Text(before, "sub"), Text(another, "sub"));
    }

    [Fact]
    public async Task A_token_that_names_no_account_is_found_and_ended_all_the_same()
    {
        using var browser = identity.NewBrowser();
        var party = North();
        var revoked = await TokensAsync(browser, party);
        var kept = await TokensAsync(browser, party);
        Assert.Equal(HttpStatusCode.OK, (await party.PostAsync("/connect/revoke", ("token", revoked.AccessToken))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(revoked.AccessToken)).Status);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(revoked.RefreshToken))["error"]);
        Assert.Equal("False", (await South().PostAsync("/connect/introspect", ("token", kept.AccessToken)))["active"]);
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(kept.AccessToken)).Status);

        var page = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        await browser.SubmitAsync("/sign-out", page, ("everywhere", "false"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(kept.AccessToken)).Status);
        Assert.Equal("False", (await party.PostAsync("/connect/introspect", ("token", kept.AccessToken)))["active"]);
        Assert.Equal("invalid_grant", (await party.RefreshAsync(kept.RefreshToken))["error"]);
    }

    [Fact]
    public async Task Whoever_acts_and_whoever_passed_it_on_are_named_as_the_sector_knows_them()
    {
        const string scope = "openid profile offline_access";
        (string, string)[] within = [("Reach", "categories"), ("Categories", "01"), ("Powers", "apply")];
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        var whole = await company.EmpowerAsync(agent, ("SubDelegate", "true"), ("Reach", "categories"), ("Categories", "01"));
        var part = Company.Created(await Company.PostAsync(agent, $"/account/mandates/{whole}/pass-on", Company.Form(identity.Time.GetUtcNow(), helper.Person, within)));
        Company.Expect(await Company.AcceptAsync(helper, part));
        var agentsName = Text(Answer.Claims((await Company.SignInAsync(agent, "", North(), scope)).IdToken), "sub");
        var party = North();
        var tokens = await Company.SignInAsync(helper, $"mandate-{part}", party, scope);
        var sub = Text(Answer.Claims(tokens.IdToken), "sub");
        string[] keys = [part.ToString(), whole.ToString(), await identity.KeyOfAsync(agent.Person.IdNumber), await identity.KeyOfAsync(helper.Person.IdNumber)];
        var mandate = Answer.Claims(tokens.IdToken).GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetString();
        foreach (var told in (JsonElement[])[
            Answer.Claims(tokens.IdToken),
            Answer.Claims(tokens.AccessToken),
            (await party.UserInfoAsync(tokens.AccessToken)).Body,
            (await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken))).Body])
        {
            var act = told.GetProperty("act");
            Assert.Equal(sub, Text(told, "sub"));
            Assert.Equal(sub, Text(act, "sub"));
            Assert.Equal(agentsName, Text(act.GetProperty("act"), "sub"));
            Assert.Equal(mandate, told.GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetString());
            Assert.All(keys, key => Assert.DoesNotContain(key, told.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        var elsewhere = Answer.Claims((await Company.SignInAsync(helper, $"mandate-{part}", South(), scope)).IdToken);
        Assert.NotEqual(mandate, elsewhere.GetProperty("act_for").GetProperty("mandate").GetProperty("id").GetString());
        Assert.NotEqual(agentsName, Text(elsewhere.GetProperty("act").GetProperty("act"), "sub"));
    }

    [Fact]
    public async Task A_hint_names_the_person_to_the_client_that_got_it_and_to_no_other_sector()
    {
        using var browser = identity.NewBrowser();
        var own = (await TokensAsync(browser, North())).IdToken;
        var souths = (await TokensAsync(browser, South())).IdToken;
        var platforms = (await TokensAsync(browser, new RelyingParty(identity))).IdToken;
        Assert.Null(await SilentAsync(browser, North(), own));
        Assert.NotNull(await SilentAsync(browser, North(), souths));
        Assert.NotNull(await SilentAsync(browser, North(), platforms));
        Assert.NotNull(await SilentAsync(browser, new RelyingParty(identity), own));

        using var stranger = identity.NewBrowser();
        await TokensAsync(stranger, North(), "company");
        Assert.Null(await SilentAsync(stranger, North(), hint: null));
        Assert.Equal("login_required", await SilentAsync(stranger, North(), own));
    }

    [Fact]
    public async Task Sign_out_follows_the_hint_of_the_person_at_the_browser_and_asks_anybody_else()
    {
        var party = North();
        var after = "&post_logout_redirect_uri=" + Uri.EscapeDataString(party.Redirect);
        using var browser = identity.NewBrowser();
        var tokens = await TokensAsync(browser, party);
        using var stranger = identity.NewBrowser();
        await TokensAsync(stranger, party, "company");
        Assert.Equal("/sign-out", (await stranger.GetAsync($"/connect/logout?id_token_hint={tokens.IdToken}{after}")).Headers.Location?.OriginalString);
        Assert.Null(await SilentAsync(stranger, party, hint: null));

        var good = await browser.GetAsync($"/connect/logout?id_token_hint={tokens.IdToken}{after}&state=s");
        Assert.Equal($"{party.Redirect}?state=s", good.Headers.Location?.OriginalString);
        Assert.Equal("login_required", await SilentAsync(browser, party, hint: null));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
    }

    [Fact]
    public async Task Another_sites_form_comes_without_a_cookie_and_is_asked_again_in_a_way_that_has_one()
    {
        var party = North();
        using var browser = identity.NewBrowser();
        var tokens = await TokensAsync(browser, party);
        using var form = new FormUrlEncodedContent([new("id_token_hint", tokens.IdToken), new("post_logout_redirect_uri", party.Redirect), new("state", "s")]);
        var posted = await identity.Http.PostAsync(new Uri("/connect/logout", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, posted.StatusCode);
        var again = posted.Headers.Location!.OriginalString;
        Assert.StartsWith("/connect/logout?id_token_hint=", again, StringComparison.Ordinal);
        Assert.Null(await SilentAsync(browser, party, hint: null));

        Assert.Equal($"{party.Redirect}?state=s", (await browser.GetAsync(again)).Headers.Location?.OriginalString);
        Assert.Equal("login_required", await SilentAsync(browser, party, hint: null));
        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
    }

    [Fact]
    public async Task A_refresh_never_says_another_name_when_the_client_changes_its_sector_the_person_signs_in_anew()
    {
        var party = North();
        using var browser = identity.NewBrowser();
        var tokens = await TokensAsync(browser, party);
        await using var next = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer), ("Clients:6:SectorIdentifier", "moved.example"));
        try
        {
            using var moved = new HttpClient { BaseAddress = new Uri($"http://localhost:{identity.BasePort + 5}") };
            using var form = new FormUrlEncodedContent(
                [new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken), new("client_id", "north"), new("client_secret", IdentityFixture.Secret)]);
            var refused = await moved.PostAsync(new Uri("/connect/token", UriKind.Relative), form, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("invalid_grant", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            await identity.ExecuteAsync("UPDATE \"Clients\" SET \"SectorIdentifier\" = 'north.example' WHERE \"ClientId\" = 'north'");
        }

        Assert.Equal("invalid_grant", (await party.RefreshAsync(tokens.RefreshToken))["error"]);
        Assert.Null(await SilentAsync(browser, party, hint: null));
    }

    [Fact]
    public async Task The_checks_behind_verified_claims_join_no_two_sectors()
    {
        const string verification = """{"trust_framework":null,"verification_process":null,"evidence":[{"type":{"value":"electronic_record"},"check_details":[{"check_method":null,"check_id":null}],"record":{"type":null}}]}""";
        using var person = await Applicant.RegisteredAsync(identity);
        var asked = ClaimsStand.Asking("userinfo", verification, """{"name":null}""");
        List<HashSet<string>> told = [];
        foreach (var party in (RelyingParty[])[new(identity), North(), South()])
        {
            var stand = new ClaimsStand(person, party);
            var shown = (await stand.UserInfoAsync(await stand.SignInAsync(asked, "name")))!.Value.GetProperty("verification");
            told.Add(
            [
                Text(shown, "verification_process"),
                .. shown.GetProperty("evidence").EnumerateArray().SelectMany(e => e.GetProperty("check_details").EnumerateArray()).Where(c => c.TryGetProperty("check_id", out _)).Select(c => Text(c, "check_id")),
            ]);
        }

        Assert.All(told, names => Assert.True(names.Count > 1));
        Assert.Empty(told[0].Intersect(told[1]));
        Assert.Empty(told[0].Intersect(told[2]));
        Assert.Empty(told[1].Intersect(told[2]));
    }

    [Fact]
    public async Task A_hint_of_another_browser_ends_the_session_there_when_its_person_shows_it_and_nothing_when_nobody_does()
    {
        var party = North();
        using var here = identity.NewBrowser();
        using var there = identity.NewBrowser();
        using var nobody = identity.NewBrowser();
        await TokensAsync(here, party);
        var tokens = await TokensAsync(there, party);
        var url = $"/connect/logout?id_token_hint={tokens.IdToken}&post_logout_redirect_uri={Uri.EscapeDataString(party.Redirect)}";
        Assert.StartsWith(party.Redirect, (await nobody.GetAsync(url)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(await SilentAsync(there, party, hint: null));

        Assert.StartsWith(party.Redirect, (await here.GetAsync(url)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("login_required", await SilentAsync(here, party, hint: null));
        Assert.Equal("login_required", await SilentAsync(there, party, hint: null));
    }

    [Fact]
    public async Task A_pairwise_client_that_calls_a_platform_api_stops_the_start()
    {
        var before = identity.Services.GetRequiredService<ClientCatalogue>();
        Assert.Null(before.Find("wrong"));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Clients:0:ClientId"] = "wrong",
            ["Clients:0:DisplayName"] = "wrong",
            ["Clients:0:Type"] = "public",
            ["Clients:0:SubjectType"] = "pairwise",
            ["Clients:0:GrantTypes:0"] = "authorization_code",
            ["Clients:0:Scopes:0"] = "case.apply",
            ["Clients:0:RedirectUris:0"] = "https://wrong.example/callback",
        }).Build();
        var seeding = new ClientSeeding(identity.Services.GetRequiredService<IServiceScopeFactory>(), configuration, before, identity.Time);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => seeding.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Clients:0:SubjectType: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync("\"Clients\" WHERE \"ClientId\" = 'wrong'"));
    }

    private static string Text(JsonElement claims, string name) => claims.GetProperty(name).GetString()!;

    private static async Task<Answer> TokensAsync(Browser browser, RelyingParty party, string user = "citizen") =>
        await party.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(party.AuthorizeUrl(), user)));

    /// <summary>Null when there is a code without a word to the person.</summary>
    private static async Task<string?> SilentAsync(Browser browser, RelyingParty party, string? hint)
    {
        var response = await browser.GetAsync(party.AuthorizeUrl(("prompt", "none"), ("id_token_hint", hint)));
        return response.Headers.Location is { IsAbsoluteUri: true } location ? HttpUtility.ParseQueryString(location.Query)["error"] : $"{response.StatusCode} {response.Headers.Location}";
    }
}

[Collection(OnSqlite.Name)]
public sealed class SectorOnSqlite(SqliteIdentity identity) : SectorSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class SectorOnPostgres(PostgresIdentity identity) : SectorSuite(identity);
