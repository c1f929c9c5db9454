using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Portal.Tests.Sandbox;

/// <summary>The simulated authorities over HTTP.</summary>
public sealed class SandboxTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Every_synthetic_number_is_well_formed_and_none_stands_twice()
    {
        var persons = await GetAsync("/directory/v1/persons?skip=0&take=2000");
        Assert.Equal(2000, persons.GetArrayLength());
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        Assert.All(persons.EnumerateArray(), p => Assert.True(IdentityNumber.TryParse(Text(p, "idNumber"), today, out var number) && number.Sex == Text(p, "sex")));
        Assert.Equal(2000, persons.EnumerateArray().Select(p => Text(p, "phone")).Distinct().Count());
        Assert.Equal(16, persons.EnumerateArray().Select(p => Text(p, "idNumber")[..4]).Distinct().Count());
        var organisations = await GetAsync("/directory/v1/organisations?skip=0&take=300");
        Assert.Equal(300, organisations.EnumerateArray().Select(o => Text(o, "uscc")).Distinct().Count());
        Assert.All(organisations.EnumerateArray(), o => Assert.True(UnifiedSocialCreditCode.TryParse(Text(o, "uscc"), out _)));
    }

    [Fact]
    public async Task The_population_service_names_what_differs_and_never_the_true_value()
    {
        var person = (await GetAsync("/directory/v1/persons?skip=7&take=1"))[0];
        object Claim(string name) => new { idNumber = Text(person, "idNumber"), name, sex = Text(person, "sex"), ethnicity = Text(person, "ethnicity"), unknown = 1 };
        Assert.Equal("match", Text(await PostAsync("/population/v1/checks", Claim(Text(person, "name"))), "result"));
        var differing = await PostAsync("/population/v1/checks", Claim("别人"));
        Assert.Equal("mismatch", Text(differing, "result"));
        Assert.Equal("name", differing.GetProperty("differing")[0].GetString());
        Assert.DoesNotContain(Text(person, "name"), Regex.Unescape(differing.GetRawText()), StringComparison.Ordinal);
        Assert.Equal("notFound", Text(await PostAsync("/population/v1/checks", new { idNumber = "x" }), "result"));
    }

    [Theory]
    [InlineData("/population/v1/checks")]
    [InlineData("/market/v1/checks")]
    [InlineData("/sms/v1/messages")]
    [InlineData("/bank-card/v1/checks")]
    [InlineData("/channel/v1/orders")]
    [InlineData("/faults/v1/rules")]
    public async Task Without_the_key_nothing_is_answered(string path)
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(sandbox.Address), DefaultRequestHeaders = { { "X-Api-Key", "wrong" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsJsonAsync(path, new { })).StatusCode);
    }

    [Fact]
    public async Task Faults_are_had_by_header_and_by_rule()
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await FaultyAsync("status=503")).StatusCode);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(FaultyAsync("malformed").Result.Content.ReadAsStringAsync().Result));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => FaultyAsync("drop"));
        var start = DateTime.UtcNow;
        Assert.Equal(HttpStatusCode.OK, (await FaultyAsync("delay=0.5s")).StatusCode);
        Assert.True(DateTime.UtcNow - start >= TimeSpan.FromSeconds(0.4));

        await sandbox.Http.PostAsJsonAsync("/faults/v1/rules", new { path = "/directory", fault = "status=500", count = 2 });
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((await sandbox.Http.GetAsync(new Uri("/directory/v1/persons", UriKind.Relative))).StatusCode);
        }

        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK], statuses);
    }

    [Fact]
    public async Task A_text_message_stands_on_the_page_newest_first()
    {
        await PostAsync("/sms/v1/messages", new { phone = "19900009999", text = "first 111111", purpose = "test" });
        await PostAsync("/sms/v1/messages", new { phone = "19900009999", text = "second 222222", purpose = "test" });
        var page = await sandbox.Http.GetStringAsync(new Uri("/sms?phone=19900009999", UriKind.Relative));
        Assert.True(page.IndexOf("second", StringComparison.Ordinal) < page.IndexOf("first", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_needs_the_merchants_signature_survives_a_restart_and_is_made_once()
    {
        var body = JsonSerializer.Serialize(new { merchantOrder = "M-1", amount = 10.00m, subject = "工本费", notifyUrl = "http://localhost:1/notify", returnUrl = "http://localhost:1/return" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await OrderAsync(body, "0000")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await OrderAsync(body, null, DateTimeOffset.UtcNow.AddMinutes(-6))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await OrderAsync(body.Replace("10", "-10", StringComparison.Ordinal))).StatusCode);
        var first = JsonDocument.Parse(await (await OrderAsync(body)).Content.ReadAsStringAsync()).RootElement;
        await sandbox.RestartAsync();
        var again = JsonDocument.Parse(await (await OrderAsync(body)).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(Text(first, "orderNumber"), Text(again, "orderNumber"));
        Assert.Contains("工本费", WebUtility.HtmlDecode(await sandbox.Http.GetStringAsync(new Uri(Text(again, "payUrl")))), StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private async Task<JsonElement> GetAsync(string path) => await sandbox.Http.GetFromJsonAsync<JsonElement>(path);

    [Fact]
    public async Task Any_authority_takes_back_an_answer_by_its_number_and_says_so_in_its_feed()
    {
        foreach (var wrong in (object[])[new { kind = "withdrawn", authority = "nobody", receipt = "B1" }, new { kind = "withdrawn", authority = "bank-card" }, new { kind = "withdrawn", receipt = "B1" }])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await sandbox.Http.PostAsJsonAsync("/changes/v1/samples", wrong)).StatusCode);
        }

        var number = (await PostAsync("/changes/v1/samples", new { kind = "withdrawn", authority = "alipay", receipt = "A-of-this-test", push = false })).GetProperty("number").GetInt64();
        var feed = await PostAsync("/alipay/v1/changes", new { after = number - 1, take = 1 });
        var payload = feed.GetProperty("statements")[0].GetString()!.Split('.')[1];
        var change = JsonDocument.Parse(Base64Url(payload)).RootElement;
        Assert.Equal("alipay", Text(change, "iss"));
        Assert.Equal("A-of-this-test", Text(change.GetProperty("change"), "receipt"));
        Assert.Equal(0, (await PostAsync("/bank-card/v1/changes", new { after = number - 1, take = 1 })).GetProperty("statements").GetArrayLength());
    }

    private static byte[] Base64Url(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));

    private async Task<JsonElement> PostAsync(string path, object body) => await (await sandbox.Http.PostAsJsonAsync(path, body)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();

    private async Task<HttpResponseMessage> FaultyAsync(string fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/directory/v1/persons?take=1") { Headers = { { "X-Sandbox-Fault", fault } } };
        return await sandbox.Http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> OrderAsync(string body, string? signature = null, DateTimeOffset? at = null)
    {
        var timestamp = (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        signature ??= Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SandboxFixture.Secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/channel/v1/orders")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "X-Channel-Timestamp", timestamp }, { "X-Channel-Signature", signature }, { "X-Merchant", "tests" } },
        };
        return await sandbox.Http.SendAsync(request);
    }
}
