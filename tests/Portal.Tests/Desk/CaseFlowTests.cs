using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>Officials at their desk, through its pages, on either database: who may do what and when, and nothing is lost by a refusal.</summary>
public abstract partial class CaseFlowTests(PlatformFixture platform)
{
    [Fact]
    public async Task Each_step_is_offered_to_its_role_only()
    {
        var number = await ApplyAsync();
        using var approver = await OfficialAsync("approver01", number);
        using var window = await OfficialAsync("window01", number);
        Assert.Empty(approver.Page.QuerySelectorAll("#act button"));
        Assert.Equal(["act-Receive"], window.Page.QuerySelectorAll("#act button").Select(b => b.Id!));
    }

    [Fact]
    public async Task A_step_that_the_page_did_not_offer_is_refused()
    {
        var number = await ApplyAsync();
        using var window = await OfficialAsync("window01", number);
        await ActAsync(window, "Accept");
        AssertRefused(window);
        await ActAsync(window, "Grant");
        AssertRefused(window);
        Assert.Equal("Submitted", await StateAsync(number));
    }

    [Fact]
    public async Task A_step_without_an_opinion_is_refused_and_the_page_says_where()
    {
        var number = await ApplyAsync();
        using var window = await OfficialAsync("window01", number);
        await ActAsync(window, "Receive", opinion: " ");
        AssertRefused(window);
        Assert.NotNull(window.Page.QuerySelector(".error-summary a[href='#Opinion']"));
        Assert.Equal("Submitted", await StateAsync(number));
    }

    [Fact]
    public async Task Of_two_officials_who_act_on_the_same_state_the_second_is_told()
    {
        var number = await ApplyAsync();
        using var first = await OfficialAsync("window01", number);
        using var second = await OfficialAsync("window01", number);
        await ActAsync(first, "Receive");
        Assert.Null(first.Page.QuerySelector(".error-summary"));
        await ActAsync(second, "Receive");
        AssertRefused(second);
        Assert.Equal("Received", await StateAsync(number));
    }

    [Fact]
    public async Task The_trail_names_every_step_its_official_and_its_opinion()
    {
        var number = await ApplyAsync();
        using (var window = await OfficialAsync("window01", number))
        {
            await ActAsync(window, "Receive", "材料齐全");
            await ActAsync(window, "RefuseAcceptance", "不属于本机关职权范围");
            var trail = string.Join('\n', window.Page.QuerySelectorAll(".timeline li").Select(l => l.TextContent));
            Assert.Contains("材料齐全", trail, StringComparison.Ordinal);
            Assert.Contains("不属于本机关职权范围", trail, StringComparison.Ordinal);
            Assert.Empty(window.Page.QuerySelectorAll("#act"));
        }

        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var events = (await citizen.CaseAsync(number)).GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(["Submit", "Receive", "RefuseAcceptance"], events.Select(e => e.GetProperty("act").GetString()!));
        // The applicant meets the department, not the official's name.
        Assert.All(events.Skip(1), e => Assert.Equal("样例市新闻出版局", e.GetProperty("by").GetString()));
    }

    [Fact]
    public async Task Personal_data_is_masked_until_a_reason_is_given()
    {
        var number = await ApplyAsync();
        using var window = await OfficialAsync("window01", number);
        Assert.DoesNotMatch(IdNumber(), window.Page.Body!.TextContent);
        await window.SubmitAsync("form[action*='Unmask']", new Dictionary<string, string> { ["Reason"] = "" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, window.Status);
        Assert.DoesNotMatch(IdNumber(), window.Page.Body!.TextContent);
        await window.SubmitAsync("form[action*='Unmask']", new Dictionary<string, string> { ["Reason"] = "核对申请人身份" });
        Assert.Matches(IdNumber(), window.Page.Body!.TextContent);
    }

    [Fact]
    public async Task A_citizen_does_not_enter_the_desk()
    {
        using var browser = new HttpBrowser();
        var account = platform.Account("citizen02");
        await browser.GetAsync(platform.Address("desk") + "/");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        Assert.Equal(HttpStatusCode.Forbidden, browser.Status);
    }

    private async Task<string> ApplyAsync()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        return await citizen.ApplyAsync();
    }

    private async Task<string?> StateAsync(string number)
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        return (await citizen.CaseAsync(number)).GetProperty("state").GetString();
    }

    private async Task<HttpBrowser> OfficialAsync(string signInName, string number)
    {
        var browser = new HttpBrowser();
        var account = platform.Account(signInName);
        await browser.GetAsync($"{platform.Address("desk")}/cases/{number}");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        Assert.Equal($"/cases/{number}", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>Presses a button of the form, whether the page shows it or an attacker made it up.</summary>
    private static async Task ActAsync(HttpBrowser official, string step, string opinion = "同意") =>
        await official.SubmitAsync("#act", new Dictionary<string, string> { ["Opinion"] = opinion, ["Step"] = step });

    private static void AssertRefused(HttpBrowser official)
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, official.Status);
        Assert.NotNull(official.Page.QuerySelector(".error-summary"));
    }

    /// <summary>An ID number: eighteen characters that are part of no longer number.</summary>
    [GeneratedRegex("(?<![0-9A-Z])[0-9]{17}[0-9X](?![0-9A-Z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdNumber();
}

public sealed class SqliteCaseFlowTests(SqlitePlatform platform) : CaseFlowTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresCaseFlowTests(PostgresPlatform platform) : CaseFlowTests(platform), IClassFixture<PostgresPlatform>;
