using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Testing;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>What goes wrong is told with a stable code to machines and in plain words, in the reader's language, to people.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    private readonly SampleApp sample = new("sqlite", connection: null);
    private readonly HttpClient http = new();

    public async ValueTask InitializeAsync()
    {
        http.BaseAddress = sample.Address;
        await sample.StartAsync(
            services => services.AddRequestLimit("two", perMinute: 2),
            app =>
            {
                app.UseYinxinDefaults();
                app.UseRateLimiter();
                app.MapPost("/json", (Thing thing) => Results.Ok(thing));
                app.MapGet("/known", IResult () => throw new Problem("sample.known", 409, "已有。", "There already.").Exception(TimeSpan.FromSeconds(2.5)));
                app.MapGet("/onwards", IResult () =>
                {
                    var refusal = new Problem("sample.onwards", 403, "不行。", "Not so.").Exception();
                    (refusal.Extensions[ProblemException.Again], refusal.Extensions[ProblemException.AgainText]) = ("/elsewhere", "This way <b>");
                    throw refusal;
                });
                app.MapGet("/broken", IResult () => throw new InvalidOperationException("secret of the house"));
                app.MapGet("/limited", () => "ok").RequireRateLimiting("two");
            });
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await sample.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/nowhere", null, 404, "http.notFound")]
    [InlineData("GET", "/json", null, 405, "http.methodNotAllowed")]
    [InlineData("POST", "/json", "text/plain", 415, "http.unsupportedMediaType")]
    [InlineData("POST", "/json", "application/json", 400, "http.badRequest")]
    [InlineData("GET", "/broken", null, 500, "http.internal")]
    [InlineData("GET", "/known", null, 409, "sample.known")]
    public async Task A_machine_reads_a_stable_code(string method, string address, string? mediaType, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (mediaType is not null)
        {
            request.Content = new StringContent("{", null, mediaType);
        }

        using var response = await http.SendAsync(request);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret of the house", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Answers.RefusedAsync(response, status, code);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var content = new StringContent("{\"name\":\"" + new string('x', (int)YinxinHost.DefaultRequestBodyLimit) + "\"}", null, "application/json");
        await Answers.RefusedAsync(await http.PostAsync("/json", content), 413, "http.bodyTooLarge");
    }

    [Fact]
    public async Task A_problem_says_when_to_come_back()
    {
        using var response = await http.GetAsync("/known");
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_page_may_name_its_way_onwards_and_machines_are_not_told_the_words()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/onwards") { Headers = { { "Accept", "text/html" } } };
        using var page = await http.SendAsync(request);
        Assert.Contains("<a class=\"button\" href=\"/elsewhere\">This way &lt;b&gt;</a>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var told = await http.GetAsync("/onwards");
        var text = await told.Content.ReadAsStringAsync();
        Assert.Contains("sample.onwards", text, StringComparison.Ordinal);
        Assert.DoesNotContain("This way", text, StringComparison.Ordinal);
        Assert.DoesNotContain(ProblemException.AgainText, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back()
    {
        Assert.Equal("ok", await http.GetStringAsync("/limited"));
        Assert.Equal("ok", await http.GetStringAsync("/limited"));
        using var third = await http.GetAsync("/limited");
        Assert.InRange(third.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        await Answers.RefusedAsync(third, 429, "http.tooManyRequests");
    }

    [Theory]
    [InlineData("/nowhere", "zh-CN", 404, "找不到页面")]
    [InlineData("/nowhere", "en", 404, "Page not found")]
    [InlineData("/broken", "zh-CN", 500, "系统出现问题")]
    [InlineData("/known", "en", 409, "There already.")]
    public async Task A_person_reads_a_page_in_the_language_asked_for(string address, string language, int status, string words)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Accept-Language", language);
        using var response = await http.SendAsync(request);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret of the house", page, StringComparison.Ordinal);
    }

    internal sealed record Thing(string Name);
}
