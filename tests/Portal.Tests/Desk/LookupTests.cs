using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>The progress of a case by its number and query code, without signing in; and whoever guesses the code.</summary>
public sealed class LookupTests(SqlitePlatform platform) : IClassFixture<SqlitePlatform>
{
    [Fact]
    public async Task Number_and_code_show_the_progress_and_no_personal_data()
    {
        var (number, code) = await ApplyAsync();
        using var anybody = new HttpClient();
        var found = await LookUpAsync(anybody, number, code).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("Submitted", found.GetProperty("state").GetString());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (found.GetProperty("form").ValueKind, found.GetProperty("queryCode").ValueKind));
        await LookUpAsync(anybody, number, Wrong(code)).RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
    }

    [Fact]
    public async Task Who_guesses_is_braked_at_that_number_only_and_for_an_hour()
    {
        var (number, code) = await ApplyAsync();
        var (other, otherCode) = await ApplyAsync();
        using var guesser = new HttpClient();
        for (var i = 0; i < 10; i++)
        {
            await LookUpAsync(guesser, number, Wrong(code)).RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
        }

        using var braked = await LookUpAsync(guesser, number, code);
        Assert.InRange(braked.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        await Answers.RefusedAsync(braked, 429, "case.lookupBraked");
        await LookUpAsync(guesser, other, otherCode).AnswerAsync(HttpStatusCode.OK);
        platform.Time.Ahead += TimeSpan.FromMinutes(61);
        await LookUpAsync(guesser, number, code).AnswerAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_number_that_does_not_exist_is_braked_alike()
    {
        using var guesser = new HttpClient();
        var number = Applicant.Matter + "202611250000";
        for (var i = 0; i < 10; i++)
        {
            await LookUpAsync(guesser, number, "000000").RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
        }

        await LookUpAsync(guesser, number, "000000").RefusedAsync(HttpStatusCode.TooManyRequests, "case.lookupBraked");
    }

    [Fact]
    public async Task The_portal_page_says_so_too()
    {
        var (number, code) = await ApplyAsync();
        using var guesser = new HttpClient();
        for (var i = 0; i < 10; i++)
        {
            await LookUpAsync(guesser, number, Wrong(code)).RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
        }

        using var browser = new HttpBrowser();
        await browser.GetAsync(platform.Address("web") + "/lookup");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["CaseNumber"] = number, ["QueryCode"] = code });
        Assert.Equal(HttpStatusCode.TooManyRequests, browser.Status);
        Assert.NotNull(browser.Page.QuerySelector(".error-summary"));
    }

    private async Task<(string Number, string Code)> ApplyAsync()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var answer = await citizen.ApplyAsync(await citizen.ApplicationAsync()).AnswerAsync(HttpStatusCode.Created);
        return (answer.GetProperty("caseNumber").GetString()!, answer.GetProperty("queryCode").GetString()!);
    }

    private Task<HttpResponseMessage> LookUpAsync(HttpClient client, string number, string code) =>
        client.GetAsync(new Uri($"{platform.Address("desk")}/api/cases/{number}?code={code}"));

    private static string Wrong(string code) => (code[0] == '0' ? '1' : '0') + code[1..];
}
