using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>The withdrawal of a large sum is confirmed in person; a small one, and what is confirmed at less than Advanced, needs the level of the sign-in. The way through the browser stands in EndToEnd.</summary>
public abstract class PresenceTests(PlatformFixture platform)
{
    private const string Matter = "12349900MB000002783002099004000";

    [Fact]
    public async Task A_large_sum_asks_for_presence_and_says_for_what()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var (before, key) = (await citizen.CountAsync(), Guid.NewGuid().ToString());
        var body = await ApplicationAsync(citizen, "50000.00");
        using var response = await citizen.ApplyAsync(body, key);
        Assert.Contains("insufficient_user_authentication", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("acr_values=\"urn:yinxin:assurance:advanced\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var refused = await Answers.RefusedAsync(response, 401, "presence.required");
        var detail = Assert.Single(refused.GetProperty("authorization_details").EnumerateArray());
        Assert.Equal("urn:yinxin:presence", detail.GetProperty("type").GetString());
        Assert.Contains("50000.00", detail.GetProperty("purpose").GetProperty("zh").GetString(), StringComparison.Ordinal);
        Assert.Equal(43, detail.GetProperty("digest").GetString()!.Length);
        Assert.Equal(before, await citizen.CountAsync());

        // The refusal is about the token and is not remembered; the same request names the same transaction and digest, another content another digest.
        // Neither content nor key names another transaction: Identity counts failed tries by it.
        var again = await citizen.ApplyAsync(body, key).RefusedAsync(HttpStatusCode.Unauthorized, "presence.required");
        Assert.Equal(detail.ToString(), again.GetProperty("authorization_details")[0].ToString());
        var other = await citizen.ApplyAsync(await ApplicationAsync(citizen, "50000.01"), Guid.NewGuid().ToString()).RefusedAsync(HttpStatusCode.Unauthorized, "presence.required");
        Assert.NotEqual(Member(detail, "digest"), Member(other.GetProperty("authorization_details")[0], "digest"));
        Assert.Equal(Member(detail, "transaction"), Member(other.GetProperty("authorization_details")[0], "transaction"));
    }

    [Fact]
    public async Task A_small_sum_does_not()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var answer = await citizen.ApplyAsync(await ApplicationAsync(citizen, "49999.99")).AnswerAsync(HttpStatusCode.Created);
        Assert.Equal("Submitted", answer.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Whoever_submits_reaches_the_level_of_confirming_too()
    {
        using var primary = await Applicant.SignInAsync(platform, "citizen01");
        using var intermediate = await Applicant.SignInAsync(platform, "citizen02");
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Intermediate"))
        {
            var before = await primary.CountAsync();
            await TooLowAsync(await primary.ApplyAsync(await primary.ApplicationAsync()));
            Assert.Equal(before, await primary.CountAsync());
            await intermediate.ApplyAsync();
        }

        // Advanced is shown in person and asks no more of the sign-in than applying does.
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Advanced"))
        {
            await primary.ApplyAsync(await primary.ApplicationAsync()).RefusedAsync(HttpStatusCode.Unauthorized, "presence.required");
        }

        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Primary"))
        {
            await primary.ApplyAsync();
        }
    }

    [Fact]
    public async Task Below_the_amount_the_level_that_the_rule_names_is_reached()
    {
        using var primary = await Applicant.SignInAsync(platform, "citizen01");
        await using var levels = await MatterLevels.AskForAsync(platform, Matter, "Primary", "Advanced");
        await TooLowAsync(await primary.ApplyAsync(await ApplicationAsync(primary, "49999.99")));
        await primary.ApplyAsync(await ApplicationAsync(primary, "50000.00")).RefusedAsync(HttpStatusCode.Unauthorized, "presence.required");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("49,999")]
    [InlineData("0049999")]
    [InlineData("５００００")]
    public async Task An_amount_that_is_none_is_no_way_round(string amount)
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        await citizen.ApplyAsync(await ApplicationAsync(citizen, amount)).RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.form");
    }

    [Fact]
    public async Task Taking_back_needs_the_level_of_handing_in()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        using var weak = await Applicant.SignInAsync(platform, "citizen02", secondFactor: false);
        var number = await citizen.ApplyAsync();
        var small = (await citizen.ApplyAsync(await ApplicationAsync(citizen, "49999.99")).AnswerAsync(HttpStatusCode.Created)).GetProperty("caseNumber").GetString()!;
        await TooLowAsync(await WithdrawAsync(weak, number));
        await TooLowAsync(await WithdrawAsync(weak, small));

        // Presence is not shown a second time; a password alone is no stand-in for it.
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Advanced"))
        {
            await TooLowAsync(await WithdrawAsync(weak, number));
        }

        Assert.Equal("Submitted", (await citizen.CaseAsync(number)).GetProperty("state").GetString());
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Primary"))
        {
            await WithdrawAsync(weak, number).AnswerAsync(HttpStatusCode.OK);
        }

        await WithdrawAsync(citizen, small).AnswerAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_portal_leads_to_the_level_that_taking_back_needs_and_back_to_what_was_ticked()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var number = await citizen.ApplyAsync();
        var account = platform.Account("citizen02");
        using var browser = new HttpBrowser();
        await browser.GetAsync($"{platform.Address("web")}/cases/{number}");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        await browser.SubmitAsync("#withdraw", new Dictionary<string, string> { ["Confirmed"] = "true" });
        Assert.Equal("/account/step-up", browser.Address.AbsolutePath);
        var stepUp = browser.Address.AbsoluteUri;
        Assert.Equal("Submitted", (await citizen.CaseAsync(number)).GetProperty("state").GetString());

        await SecondProof.ShowAsync(browser, platform.Description, account.Phone!);
        await browser.GetAsync(stepUp);
        await browser.FollowAsync("main .actions a.button");
        Assert.Equal($"/cases/{number}", browser.Address.AbsolutePath);
        Assert.True(browser.Page.QuerySelector("#Confirmed")!.HasAttribute("checked"));
        await browser.SubmitAsync("#withdraw");
        Assert.Equal("Withdrawn", browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
    }

    private static Task<HttpResponseMessage> WithdrawAsync(Applicant citizen, string number) => citizen.Http.PostAsync(citizen.Desk($"/api/my/cases/{number}/withdrawal"), null);

    /// <summary>RFC 9470: the client steps up to Intermediate and sends the form again.</summary>
    private static async Task TooLowAsync(HttpResponseMessage response)
    {
        Assert.Contains("acr_values=\"urn:yinxin:assurance:intermediate\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        await Answers.RefusedAsync(response, 401, "case.level");
    }

    private static string? Member(JsonElement detail, string name) => detail.GetProperty(name).GetString();

    private static async Task<object> ApplicationAsync(Applicant citizen, string amount) => new
    {
        implementationCode = Matter,
        form = new Dictionary<string, string> { ["amount"] = amount, ["home"] = "样例市样例路1号", ["bankAccount"] = "6200000000000000000", ["phone"] = "19900000000" },
        materials = new[] { new { materialId = await citizen.UploadPdfAsync(), key = "bank-account" } },
    };
}

public sealed class SqlitePresenceTests(SqlitePlatform platform) : PresenceTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresPresenceTests(PostgresPlatform platform) : PresenceTests(platform), IClassFixture<PostgresPlatform>;
