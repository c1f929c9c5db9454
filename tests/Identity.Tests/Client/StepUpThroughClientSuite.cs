using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Xunit;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;
using static Yinxin.Identity.Tests.StepUp.Strengthening;

namespace Yinxin.Identity.Tests.Client;

/// <summary>RFC 9470 from end to end: an API says what it wants, the app leads the person there and back, and what was typed is still there.</summary>
public abstract class StepUpThroughClientSuite(IdentityFixture identity) : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
    private readonly string apiDirectory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
    private WebApplication? app;
    private WebApplication? api;

    private string App => $"http://localhost:{identity.BasePort}";

    public async ValueTask InitializeAsync()
    {
        api = await StepUpApi.StartAsync(identity, apiDirectory);
        app = await SampleApp.StartAsync(identity, directory, follows: true);
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        await api!.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        Directory.Delete(apiDirectory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_api_says_level_and_age_in_its_challenge()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await WalkAsync(browser, App + "/me");
        var token = await (await browser.GetAsync(App + "/token")).Content.ReadAsStringAsync();
        Assert.Equal(
            ("insufficient_user_authentication", Intermediate, null),
            await ChallengeAsync("/level", token));
        Assert.Equal(("insufficient_user_authentication", Intermediate, "300"), await ChallengeAsync("/both", token));

        await browser.StrengthenAsync(identity, owner.Person.Phone);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        await WalkAsync(browser, App + "/me");
        var stronger = await (await browser.GetAsync(App + "/token")).Content.ReadAsStringAsync();
        Assert.NotEqual(token, stronger);
        Assert.Equal((null, null, null), await ChallengeAsync("/level", stronger));
        Assert.Equal(("insufficient_user_authentication", Intermediate, "300"), await ChallengeAsync("/both", stronger));
    }

    [Theory]
    [InlineData("/behind/level")]
    [InlineData("/mvc/level")]
    public async Task What_an_api_wants_leads_the_person_there_and_back_with_the_form(string path)
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await WalkAsync(browser, App + "/me");
        var stepUp = await WalkAsync(browser, await browser.PostAsync(App + path, [new("name", "样例书店"), new("password", "secret")]), until: "/account/step-up");
        var target = HttpUtility.ParseQueryString(stepUp.RequestMessage!.RequestUri!.Query)["ReturnUrl"]!;
        var done = await browser.StrengthenAsync(identity, owner.Person.Phone, target);
        var back = await WalkAsync(browser, done);
        Assert.StartsWith(App + path + "?kept-form=", back.RequestMessage!.RequestUri!.ToString(), StringComparison.Ordinal);
        Assert.Equal("done 样例书店", await back.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("urlencoded")]
    [InlineData("multipart")]
    [InlineData("multipart with a file")]
    public async Task The_kept_form_itself_comes_back_with_every_field_once(string kind)
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await WalkAsync(browser, App + "/me");
        List<KeyValuePair<string, string>> typed =
        [
            new("name", "样例书店"), new("matter", "01"), new("matter", "07"), new("matter", "07"), new("Form.address", "样例路 1 号 <b>&\"'+%20=;"), new("empty", ""),
            new("story", string.Concat(Enumerable.Repeat("经营场所说明。\r\n", 2000)) + "完"),
        ];
        using var request = new HttpRequestMessage(HttpMethod.Post, App + "/kept");
        request.Content = Content(kind, [.. typed, new("password", "secret"), new("__RequestVerificationToken", "x")]);
        var stepUp = await WalkAsync(browser, await browser.SendAsync(request), until: "/account/step-up");
        var done = await browser.StrengthenAsync(identity, owner.Person.Phone, stepUp.RequestMessage!.RequestUri!.PathAndQuery.ReturnUrl());
        var back = await WalkAsync(browser, done);
        var kept = JsonSerializer.Deserialize<Dictionary<string, string[]>>(await back.Content.ReadAsStringAsync())!;
        if (kind == "multipart" && kept.Remove("attachment", out var nothing))
        {
            // A field for a file in which nothing was chosen.
            Assert.Equal([""], nothing);
        }

        Assert.Equal(typed.Select(f => f.Key).Distinct().Order(StringComparer.Ordinal), kept.Keys.Order(StringComparer.Ordinal));
        foreach (var field in typed.GroupBy(f => f.Key, f => f.Value))
        {
            Assert.Equal(field.ToArray(), kept[field.Key]);
        }

        Assert.Equal("{}", await (await browser.GetAsync(back.RequestMessage!.RequestUri!.AbsoluteUri)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Age_is_asked_of_the_person_too_and_a_second_factor_shown_again_is_enough()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        Assert.Equal("done empty", await (await WalkAsync(browser, App + "/behind/both")).Content.ReadAsStringAsync());
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(20), browser);
        foreach (var path in (string[])["/behind/both", "/recent"])
        {
            identity.Time.Advance(TimeSpan.FromMinutes(20));
            var confirm = await WalkAsync(browser, await browser.GetAsync(App + path), until: "/account/confirm");
            var target = HttpUtility.ParseQueryString(confirm.RequestMessage!.RequestUri!.Query)["ReturnUrl"]!;
            var done = await browser.StrengthenAsync(identity, owner.Person.Phone, target);
            Assert.StartsWith("done", await (await WalkAsync(browser, done)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_api_that_asks_for_what_is_there_already_ends_in_a_plain_answer_and_not_in_circles()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await WalkAsync(browser, App + "/me");
        foreach (var path in (string[])["/behind/never", "/mvc/never"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(App + path)).StatusCode);
        }

        // What an API writes reaches Identity only where it is a level of ours; else it is an answer like any other.
        Assert.Equal("401 empty", await (await browser.GetAsync(App + "/behind/forged")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_level_that_falls_is_told_to_the_person_as_one_that_is_too_low_and_nobody_is_signed_out(bool follows)
    {
        if (!follows)
        {
            // An app that cannot follow the feed is told by the API that refuses, and asks again with another token.
            await app!.DisposeAsync();
            app = await SampleApp.StartAsync(identity, directory);
        }

        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        Assert.Equal("done empty", await (await WalkAsync(browser, App + "/behind/level")).Content.ReadAsStringAsync());
        identity.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, owner.Person.IdNumber, "unionpay-card")));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        HttpResponseMessage answer;
        while ((answer = await browser.GetAsync(App + "/behind/level")).StatusCode == HttpStatusCode.OK)
        {
            Assert.Equal("done empty", await answer.Content.ReadAsStringAsync());
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "The app still shows a level that has fallen.");
            await Task.Delay(50);
        }

        await WalkAsync(browser, answer, until: "/account/step-up");
        var me = await browser.GetAsync(App + "/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal((int)AssuranceLevel.Primary, JsonDocument.Parse(await me.Content.ReadAsStringAsync()).RootElement.GetProperty("level").GetInt32());
    }

    [Fact]
    public async Task An_account_that_nothing_proves_is_led_to_primary_and_not_round_in_circles()
    {
        var (owner, browser) = await ByPasswordAsync(identity, raised: false);
        using var _ = owner;
        using var __ = browser;
        await identity.ExpireEvidenceAsync(owner.Person.Phone, "population-match");
        await WalkAsync(browser, App + "/me");
        var stepUp = await WalkAsync(browser, await browser.GetAsync(App + "/recent"), until: "/account/step-up");
        var asked = HttpUtility.ParseQueryString(stepUp.RequestMessage!.RequestUri!.Query);
        Assert.Equal("primary", asked["level"]);
        var declined = await WalkAsync(browser, await browser.GetAsync(asked["ReturnUrl"] + "&step_up=declined"));
        Assert.Equal((HttpStatusCode.Forbidden, "/sign-in-failed"), (declined.StatusCode, declined.RequestMessage!.RequestUri!.AbsolutePath));
    }

    [Fact]
    public void A_challenge_names_primary_too_and_says_of_whom_the_level_is_asked()
    {
        foreach (var level in (AssuranceLevel[])[AssuranceLevel.Primary, AssuranceLevel.Intermediate])
        {
            foreach (var ofPerson in (bool[])[false, true])
            {
                var demand = StepUpDemand.From([AuthenticationHeaderValue.Parse(StepUpDemand.Of(level, ofPerson: ofPerson).ToChallenge())])!;
                Assert.Contains(level.Acr(), demand.AcrValues);
                Assert.Equal(ofPerson, demand.OfPerson);
            }
        }
    }

    [Fact]
    public async Task A_script_is_sent_to_the_way_and_the_address_asks_for_no_less()
    {
        var (owner, browser) = await ByPasswordAsync(identity);
        using var _ = owner;
        using var __ = browser;
        await WalkAsync(browser, App + "/me");
        using var request = new HttpRequestMessage(HttpMethod.Get, App + "/behind/level");
        request.Headers.Add("HX-Request", "true");
        var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var way = answer.Headers.GetValues("HX-Redirect").Single();
        Assert.StartsWith("/step-up?returnUrl=", way, StringComparison.Ordinal);
        await WalkAsync(browser, await browser.GetAsync(App + way), until: "/account/step-up");
        var forged = await browser.GetAsync(App + "/step-up?returnUrl=//evil.example&acr=urn:evil&age=-5");
        Assert.Equal(HttpStatusCode.Found, forged.StatusCode);
        Assert.Equal(App + "/", (await WalkAsync(browser, forged)).RequestMessage!.RequestUri!.ToString());
    }

    [Theory]
    [InlineData("Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:yinxin:assurance:intermediate urn:other\", max_age=\"60\"", Intermediate, 60)]
    [InlineData("Bearer error=\"insufficient_user_authentication\", max_age=5", "", 5)]
    [InlineData("Bearer error=\"insufficient_user_authentication\"", null, null)]
    [InlineData("Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:other\", max_age=\"60\"", null, null)]
    [InlineData("Bearer error=\"insufficient_user_authentication\", max_age=\"-1\"", null, null)]
    [InlineData("Bearer error=\"insufficient_user_authentication\", max_age=\"99999999999999\"", null, null)]
    [InlineData("Bearer error=\"invalid_token\", acr_values=\"urn:yinxin:assurance:intermediate\"", null, null)]
    [InlineData("Basic realm=\"x\"", null, null)]
    public void A_challenge_is_read_by_the_letter(string header, string? values, int? seconds)
    {
        var demand = StepUpDemand.From([AuthenticationHeaderValue.Parse(header)]);
        Assert.Equal(values, demand is null ? null : string.Join(' ', demand.AcrValues));
        Assert.Equal(seconds, (int?)demand?.MaxAge?.TotalSeconds);
        if (demand is not null)
        {
            var again = StepUpDemand.From([AuthenticationHeaderValue.Parse(demand.ToChallenge())])!;
            Assert.Equal((values, demand.MaxAge), (string.Join(' ', again.AcrValues), again.MaxAge));
        }
    }

    private static HttpContent Content(string kind, List<KeyValuePair<string, string>> fields)
    {
        if (kind == "urlencoded")
        {
            return new FormUrlEncodedContent(fields);
        }

        var content = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            content.Add(new StringContent(value), name);
        }

        var file = new ByteArrayContent(kind == "multipart" ? [] : [1, 2, 3]);
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "attachment", FileName = kind == "multipart" ? "\"\"" : "\"plan.pdf\"" };
        content.Add(file);
        return content;
    }

    private async Task<(string? Error, string? Acr, string? MaxAge)> ChallengeAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, StepUpApi.AddressOf(identity) + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await identity.Http.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return (null, null, null);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var parameters = response.Headers.WwwAuthenticate.Single().Parameter!;
        return (Value("error"), Value("acr_values"), Value("max_age"));

        string? Value(string name) => System.Text.RegularExpressions.Regex.Match(parameters, "(^|[ ,])" + name + "=\"(?<v>[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["v"].Value : null;
    }

    private async Task<HttpResponseMessage> WalkAsync(Browser browser, string address) => await WalkAsync(browser, await browser.GetAsync(address));

    /// <summary>Follows redirects over both hosts.</summary>
    private static async Task<HttpResponseMessage> WalkAsync(Browser browser, HttpResponseMessage response, string? until = null)
    {
        for (var step = 0; step < 12 && response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther; step++)
        {
            response = await browser.GetAsync(new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!).ToString());
        }

        return until is null || response.RequestMessage!.RequestUri!.AbsolutePath == until ? response : throw new InvalidOperationException($"{response.StatusCode} {response.RequestMessage.RequestUri}");
    }
}

[Collection(OnSqlite.Name)]
public sealed class StepUpThroughClientOnSqlite(SqliteIdentity identity) : StepUpThroughClientSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class StepUpThroughClientOnPostgres(PostgresIdentity identity) : StepUpThroughClientSuite(identity);
