using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Client;

/// <summary>An app with Identity.Client: what its users and its API see.</summary>
public abstract class SignInThroughClientSuite(IdentityFixture identity) : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
    private readonly SharedCache tickets = new();
    private WebApplication? app;

    private string App => $"http://localhost:{identity.BasePort}";

    public async ValueTask InitializeAsync() => app = await SampleApp.StartAsync(identity, directory, tickets: tickets);

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_browser_holds_a_key_and_the_server_the_tokens()
    {
        using var browser = identity.NewBrowser();
        var user = JsonDocument.Parse(await ReadAsync(browser, "/me", "citizen")).RootElement;
        Assert.Equal("张样例", user.GetProperty("name").GetString());
        Assert.Equal(1, user.GetProperty("level").GetInt32());
        var cookies = browser.Cookies.GetCookies(new Uri(App)).Where(c => c.Name.StartsWith("yinxin.web.", StringComparison.Ordinal)).ToList();
        Assert.Single(cookies, c => c.Name == "yinxin.web.session");
        Assert.All(cookies, c => Assert.True(c.HttpOnly && c.Value.Length < 600, c.Name));
    }

    [Fact]
    public async Task A_form_may_lead_to_identity()
    {
        using var browser = identity.NewBrowser();
        var policy = (await browser.GetAsync(App + "/form-token")).Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains($"form-action 'self' {identity.Issuer}", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_renewed_before_they_end_and_once_for_many_requests()
    {
        using var browser = identity.NewBrowser();
        var first = await ReadAsync(browser, "/token", "citizen");
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await (await browser.GetAsync(App + "/token")).Content.ReadAsStringAsync()));
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        Assert.NotEqual(first, answers[0]);
        Assert.StartsWith("ey", answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_that_share_the_tickets_renew_them_once_and_sign_nobody_out()
    {
        const int offset = 5;
        using var browser = identity.NewBrowser();
        var former = await ReadAsync(browser, "/token", "citizen");
        await using var second = await SampleApp.StartAsync(identity, directory, offset, tickets);
        string[] nodes = [App, $"http://localhost:{identity.BasePort + offset}"];
        for (var round = 0; round < 3; round++)
        {
            identity.Time.Advance(TimeSpan.FromMinutes(6));
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => browser.GetAsync(nodes[n % 2] + "/token")));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
            var token = Assert.Single((await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct(StringComparer.Ordinal));
            Assert.NotEqual(former, token);
            former = token;
        }
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task While_identity_has_too_much_to_do_the_token_serves_until_it_ends_and_nobody_is_signed_out(HttpStatusCode trouble)
    {
        const int offset = 5;
        using var browser = identity.NewBrowser();
        var former = await ReadAsync(browser, "/token", "citizen");
        using var busy = new Busy { Answer = trouble };
        await using var second = await SampleApp.StartAsync(identity, directory, offset, tickets, between: busy);
        var address = $"http://localhost:{identity.BasePort + offset}/token";

        // Due, for it ends in half a minute.
        identity.Time.Advance(TimeSpan.FromSeconds(270));
        var answer = await browser.GetAsync(address);
        Assert.Equal((HttpStatusCode.OK, former), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        identity.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.InRange((int)(await browser.GetAsync(address)).StatusCode, 500, 599);
        busy.Answer = null;
        answer = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(former, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_that_lives_shortly_is_renewed_in_the_last_quarter_and_not_by_every_request()
    {
        using var browser = identity.NewBrowser();
        await ReadAsync(browser, "/token", "citizen");
        // A moment as this database reads it, whatever its own time zone is.
        var last = identity.Time.GetUtcNow().AddSeconds(340).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + (identity is PostgresIdentity ? "+00" : "");
        await identity.ExecuteAsync($"UPDATE \"Sessions\" SET \"ExpiresAt\" = '{last}' WHERE \"EndedAt\" IS NULL");
        identity.Time.Advance(TimeSpan.FromSeconds(300));

        // Forty seconds are left to the sign-in, and so to the token.
        var shortly = await AgainAsync();
        Assert.Equal(shortly, await AgainAsync());
        identity.Time.Advance(TimeSpan.FromSeconds(32));
        Assert.NotEqual(shortly, await AgainAsync());

        async Task<string> AgainAsync()
        {
            var answer = await browser.GetAsync(App + "/token");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task When_the_sign_in_has_ended_the_app_asks_anew()
    {
        using var browser = identity.NewBrowser();
        await ReadAsync(browser, "/me", "citizen");
        var page = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        await browser.SubmitAsync("/sign-out", page, ("everywhere", "false"));
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        var response = await browser.GetAsync(App + "/me");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.StartsWith(identity.Issuer + "/connect/authorize", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_typed_survives_the_sign_in()
    {
        using var browser = identity.NewBrowser();
        var start = await browser.PostAsync(App + "/apply", [new("name", "样例书店"), new("password", "secret")]);
        var stepUp = (await WalkAsync(browser, start, "company")).RequestMessage!.RequestUri!;
        Assert.Equal("/account/step-up", stepUp.AbsolutePath);
        var back = await WalkAsync(browser, await browser.StrengthenAsync(identity, "13800000002", stepUp.PathAndQuery.ReturnUrl()), "company");
        Assert.Contains("kept-form=", back.RequestMessage!.RequestUri!.Query, StringComparison.Ordinal);
        Assert.Equal("样例书店", await back.Content.ReadAsStringAsync());
        Assert.Equal("empty", await (await browser.GetAsync(back.RequestMessage.RequestUri.ToString())).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_form_that_came_back_and_is_interrupted_again_is_kept_again()
    {
        using var browser = identity.NewBrowser();
        var back = await WalkAsync(browser, await browser.PostAsync(App + "/note?draft=7&kept-form=spent", [new("name", "样例二次")]), "citizen");
        Assert.Equal("样例二次", await back.Content.ReadAsStringAsync());
        var query = System.Web.HttpUtility.ParseQueryString(back.RequestMessage!.RequestUri!.Query);
        Assert.Equal("7", query["draft"]);
        Assert.Single(query.GetValues("kept-form")!);
    }

    [Fact]
    public async Task What_a_visitor_posts_is_kept_up_to_a_length_and_what_is_no_form_leads_on_all_the_same()
    {
        foreach (var (length, kept) in ((int, bool)[])[(30_000, true), (40_000, false)])
        {
            using var browser = identity.NewBrowser();
            var typed = new string('长', length);
            Assert.Equal(kept ? typed : "empty", await (await WalkAsync(browser, await browser.PostAsync(App + "/note", [new("name", typed)]), "citizen")).Content.ReadAsStringAsync());
        }

        using var stranger = identity.NewBrowser();
        using var noBoundary = new HttpRequestMessage(HttpMethod.Post, App + "/note") { Content = new StringContent("x") };
        noBoundary.Content.Headers.ContentType = new("multipart/form-data");
        using var tooMany = new HttpRequestMessage(HttpMethod.Post, App + "/note") { Content = new FormUrlEncodedContent(Enumerable.Range(0, 2000).Select(i => new KeyValuePair<string, string>($"f{i}", "x"))) };
        using var cutOff = new HttpRequestMessage(HttpMethod.Post, App + "/note") { Content = new StringContent("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx") };
        cutOff.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        foreach (var request in new[] { noBoundary, tooMany, cutOff })
        {
            var answer = await stranger.SendAsync(request);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.DoesNotContain("kept-form", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_kept_before_the_sign_in_opens_in_its_own_browser_only()
    {
        using var sender = identity.NewBrowser();
        using var receiver = identity.NewBrowser();
        var link = (await WalkAsync(sender, await sender.PostAsync(App + "/note", [new("name", "别人填的")]), "citizen", until: "kept-form=")).Headers.Location!;
        await ReadAsync(receiver, "/me", "citizen");
        Assert.Equal("empty", await (await receiver.GetAsync(new Uri(new Uri(App), link).ToString())).Content.ReadAsStringAsync());

        // Its own browser, and not when another site has made it send the form.
        foreach (var (site, expected) in ((string?, string)[])[(null, "样例"), ("same-origin", "样例"), ("cross-site", "empty")])
        {
            using var own = identity.NewBrowser();
            using var request = new HttpRequestMessage(HttpMethod.Post, App + "/note");
            request.Content = new FormUrlEncodedContent([new("name", "样例")]);
            if (site is not null)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }

            Assert.Equal(expected, await (await WalkAsync(own, await own.SendAsync(request), "citizen")).Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_level_too_low_leads_to_step_up_and_back_or_to_a_plain_answer()
    {
        using var browser = identity.NewBrowser();
        await ReadAsync(browser, "/me", "citizen");
        var challenge = await browser.GetAsync(App + "/apply");
        var stepUp = (await browser.GetAsync(challenge.Headers.Location!.ToString())).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/step-up", stepUp, StringComparison.Ordinal);
        var back = System.Web.HttpUtility.ParseQueryString(new Uri(identity.Issuer + stepUp).Query)["ReturnUrl"]!;
        var refused = await WalkAsync(browser, await browser.GetAsync(back + "&step_up=declined"), "citizen");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Sign_out_ends_both_sessions()
    {
        using var browser = identity.NewBrowser();
        await ReadAsync(browser, "/me", "citizen");
        var token = await (await browser.GetAsync(App + "/form-token")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(App + "/sign-out", [])).StatusCode);
        var done = await WalkAsync(browser, await browser.PostAsync(App + "/sign-out", [new("__RequestVerificationToken", token)]), "citizen");
        Assert.Equal(App + "/", done.RequestMessage!.RequestUri!.ToString());
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync(App + "/me")).StatusCode);
    }

    private async Task<string> ReadAsync(Browser browser, string path, string user)
    {
        var response = await WalkAsync(browser, await browser.GetAsync(App + path), user);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Answers in Identity's place, as long as it is told to.</summary>
    private sealed class Busy : DelegatingHandler
    {
        public HttpStatusCode? Answer { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Answer is { } status ? Task.FromResult(new HttpResponseMessage(status)) : base.SendAsync(request, cancellationToken);
    }

    /// <summary>Follows redirects over both hosts, signing in on the way.</summary>
    private static async Task<HttpResponseMessage> WalkAsync(Browser browser, HttpResponseMessage response, string user, string? until = null)
    {
        for (var step = 0; step < 12 && response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther; step++)
        {
            if (until is not null && response.Headers.Location!.OriginalString.Contains(until, StringComparison.Ordinal))
            {
                return response;
            }

            var next = new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!);
            response = await browser.GetAsync(next.ToString());
            if (response.StatusCode == HttpStatusCode.OK && next.AbsolutePath is "/sign-in" or "/account/acting")
            {
                var html = await response.Content.ReadAsStringAsync();
                response = await browser.SubmitAsync(next.ToString(), html, ("Name", user), ("Password", "password-" + user), ("Organisation", ""));
            }
        }

        return response;
    }
}

/// <summary>On a server of its own: one of the tests shortens every session.</summary>
public sealed class SignInThroughClientOnSqlite(SqliteIdentity identity) : SignInThroughClientSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class SignInThroughClientOnPostgres(PostgresIdentity identity) : SignInThroughClientSuite(identity), IClassFixture<PostgresIdentity>;
