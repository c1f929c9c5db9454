using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.License.Layout;
using Yinxin.Testing;

namespace Yinxin.License.Tests.Server;

/// <summary>The licence server over HTTP with the platform's own seals, timestamps and tokens, the same on both databases.</summary>
public abstract class IssuingApiTests(PlatformFixture platform)
{
    private const string Issuer = "11349900MB0000051U";

    [Fact]
    public async Task A_licence_is_issued_stands_and_is_the_holders_alone()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        using var holder = await SignInAsync("citizen02");
        var issued = await IssueAsync(desk, Request(subject: holder.Subject)).AnswerAsync(HttpStatusCode.Created);
        var identifier = issued.GetProperty("identifier").GetString()!;

        var status = await desk.GetAsync(Api($"/api/status/{identifier}")).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("Valid", status.GetProperty("status").GetString());
        Assert.DoesNotContain("张样例", status.GetRawText(), StringComparison.Ordinal);

        var mine = await holder.Http.GetAsync(Api("/api/my/licenses")).AnswerAsync(HttpStatusCode.OK);
        Assert.Contains(mine.GetProperty("items").EnumerateArray(), i => i.GetProperty("identifier").GetString() == identifier);
        var pdf = await holder.Http.GetByteArrayAsync(Api($"/api/my/licenses/{identifier}/pdf"));
        Assert.Equal("valid", await VerifyAsync(pdf, "licence.pdf"));
        Assert.Equal("valid", await VerifyAsync(await holder.Http.GetByteArrayAsync(Api($"/api/my/licenses/{identifier}/json")), "licence.json"));
        pdf[pdf.Length / 2] ^= 0x01;
        Assert.Equal("invalid", await VerifyAsync(pdf, "licence.pdf"));

        using var other = await SignInAsync("citizen01");
        await other.Http.GetAsync(Api($"/api/my/licenses/{identifier}/pdf")).RefusedAsync(HttpStatusCode.NotFound, "license.unknown");
        var theirs = await other.Http.GetAsync(Api("/api/my/licenses")).AnswerAsync(HttpStatusCode.OK);
        Assert.DoesNotContain(theirs.GetProperty("items").EnumerateArray(), i => i.GetProperty("identifier").GetString() == identifier);
    }

    [Fact]
    public async Task An_issued_licence_is_in_the_log_by_its_digest_alone()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        using var holder = await SignInAsync("citizen02");
        var issued = await IssueAsync(desk, Request(subject: holder.Subject)).AnswerAsync(HttpStatusCode.Created);
        var identifier = issued.GetProperty("identifier").GetString()!;
        var pdf = await holder.Http.GetByteArrayAsync(Api($"/api/my/licenses/{identifier}/pdf"));
        var proven = await platform.ProvenAsync("license.issued", System.Security.Cryptography.SHA256.HashData(pdf));
        Assert.Matches("""^\{"kind":"license\.issued","object":"[0-9a-f]{64}","subject":"[0-9a-f]{64}","time":"[0-9T:Z-]{20}"\}$""", proven.Text);
        // The licence's number is salted: nobody finds the entry by trying numbers.
        Assert.NotEqual(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(identifier)), proven.Entry.Subject.ToArray());
    }

    [Fact]
    public async Task A_case_has_one_licence_however_often_and_at_once_it_is_asked_for()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        var request = Request();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => IssueAsync(desk, request).AnswerAsync(HttpStatusCode.Created)));
        Assert.Single(answers.Select(a => a.GetProperty("identifier").GetString()).Distinct());
        var later = await IssueAsync(desk, request).AnswerAsync(HttpStatusCode.Created);
        Assert.Equal(answers[0].GetProperty("retrievalCode").GetString(), later.GetProperty("retrievalCode").GetString());
    }

    [Fact]
    public async Task Numbers_are_never_given_twice()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => IssueAsync(desk, Request()).AnswerAsync(HttpStatusCode.Created)));
        Assert.Equal(6, answers.Select(a => a.GetProperty("number").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData("type", "驾驶证", "license.type.unknown")]
    [InlineData("holderCode", "349901199001010011", "license.holder")]
    [InlineData("holderName", "", "license.holder")]
    [InlineData("issuer", "11349900MB0000052U", "license.holder")]
    [InlineData("principal", "", "license.face")]
    [InlineData("principal", "张\u0007样例", "license.face")]
    [InlineData("principal", "张\U000E0041", "license.character")]
    [InlineData("validTo", "2020-01-01", "license.dates")]
    [InlineData("caseNumber", "", "license.holder")]
    public async Task A_bad_request_is_refused_with_its_reason(string field, string value, string code)
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        await IssueAsync(desk, Request(field: field, value: value)).RefusedAsync(HttpStatusCode.UnprocessableEntity, code);
    }

    [Fact]
    public async Task An_authority_without_a_seal_issues_nothing()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        var request = Request(field: "issuer", value: "11340100MB05AMP251");
        await IssueAsync(desk, request).RefusedAsync(HttpStatusCode.Conflict, "license.seal.missing");
    }

    [Fact]
    public async Task A_seal_that_is_suspended_a_moment_ago_issues_nothing_and_after_its_resumption_does()
    {
        const string owner = "91350100M000100Y43";
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        using var seals = await platform.ServiceAsync("launch", "seal.manage");
        var seal = await seals.PutAsJsonAsync(new Uri(platform.Address("seal") + "/api/seals/departments/" + owner), new { name = "样例县新闻出版局" }).AnswerAsync(HttpStatusCode.Created);
        var states = platform.Address("seal") + "/api/seals/" + seal.GetProperty("esId").GetString();
        await IssueAsync(desk, Request(field: "issuer", value: owner, issuerName: "样例县新闻出版局")).AnswerAsync(HttpStatusCode.Created);

        await seals.PostAsJsonAsync(new Uri(states + "/suspension"), new { reason = "印章保管人变更" }).AnswerAsync(HttpStatusCode.OK);
        var request = Request(field: "issuer", value: owner, issuerName: "样例县新闻出版局");
        await IssueAsync(desk, request).RefusedAsync(HttpStatusCode.Conflict, "license.seal.missing");
        await seals.PostAsJsonAsync(new Uri(states + "/resumption"), new { reason = "交接完成" }).AnswerAsync(HttpStatusCode.OK);
        await IssueAsync(desk, request).AnswerAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_revoked_licence_verifies_no_more_and_the_log_holds_its_end()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue license.manage");
        using var holder = await SignInAsync("citizen02");
        var issued = await IssueAsync(desk, Request(subject: holder.Subject)).AnswerAsync(HttpStatusCode.Created);
        var identifier = issued.GetProperty("identifier").GetString()!;
        var pdf = await holder.Http.GetByteArrayAsync(Api($"/api/my/licenses/{identifier}/pdf"));

        await ChangeAsync(desk, identifier, "suspension", new { reason = "核查材料" }).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("invalid", await VerifyAsync(pdf, "licence.pdf"));
        await ChangeAsync(desk, identifier, "suspension", new { reason = "再次暂停" }).RefusedAsync(HttpStatusCode.Conflict, "license.state");
        await ChangeAsync(desk, identifier, "resumption", new { reason = "核查无误" }).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("valid", await VerifyAsync(pdf, "licence.pdf"));

        await ChangeAsync(desk, identifier, "revocation", new { reason = "处罚决定" }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "license.legalGround");
        var revoked = await ChangeAsync(desk, identifier, "revocation", new { reason = "处罚决定", legalGround = "样例条例第一条" }).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("Revoked", revoked.GetProperty("status").GetString());
        Assert.Equal("invalid", await VerifyAsync(pdf, "licence.pdf"));
        foreach (var act in new[] { "suspension", "withholding", "resumption", "rescission", "revocation", "cancellation" })
        {
            await ChangeAsync(desk, identifier, act, new { reason = "再来一次", legalGround = "样例条例第一条" }).RefusedAsync(HttpStatusCode.Conflict, "license.state");
        }

        using var browser = new HttpClient { DefaultRequestHeaders = { { "Accept-Language", "zh-CN" } } };
        Assert.Contains("已吊销", await browser.GetStringAsync(Api("/v/" + issued.GetProperty("retrievalCode").GetString())), StringComparison.Ordinal);
        var history = await desk.GetAsync(Api($"/api/licenses/{identifier}/state-changes")).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(["Suspended", "Valid", "Revoked"], history.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("state").GetString()));

        // Whoever has the history finds each change in the log.
        var last = history.GetProperty("items").EnumerateArray().Last();
        var bytes = System.Text.Encoding.UTF8.GetBytes(
            $"{last.GetProperty("id").GetGuid()}\n{identifier}\n{last.GetProperty("at").GetDateTimeOffset().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\nRevoked");
        await platform.ProvenAsync("license.stateChanged", System.Security.Cryptography.SHA256.HashData(bytes));
    }

    [Fact]
    public async Task Changes_of_state_need_right_reason_and_licence()
    {
        using var desk = await platform.ServiceAsync("desk", "license.issue license.manage");
        using var issuer = await platform.ServiceAsync("desk", "license.issue");
        var identifier = (await IssueAsync(issuer, Request()).AnswerAsync(HttpStatusCode.Created)).GetProperty("identifier").GetString()!;
        await ChangeAsync(issuer, identifier, "cancellation", new { reason = "申请注销" }).RefusedAsync(HttpStatusCode.Forbidden, "http.forbidden");
        await ChangeAsync(desk, "none", "cancellation", new { reason = "申请注销" }).RefusedAsync(HttpStatusCode.NotFound, "license.unknown");
        foreach (var reason in new[] { "", "短", new string('长', 201), "有\u0007铃" })
        {
            await ChangeAsync(desk, identifier, "cancellation", new { reason }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "license.reason");
        }

        // Of those who decide at once one decides.
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => ChangeAsync(desk, identifier, i % 2 == 0 ? "cancellation" : "revocation", new { reason = "同时决定", legalGround = "样例条例第一条" })));
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        var history = await desk.GetAsync(Api($"/api/licenses/{identifier}/state-changes")).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(1, history.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Whoever_may_not_issue_does_not()
    {
        using var stranger = new HttpClient();
        await IssueAsync(stranger, Request()).RefusedAsync(HttpStatusCode.Unauthorized, "http.unauthenticated");
        using var holder = await SignInAsync("citizen02");
        await IssueAsync(holder.Http, Request()).RefusedAsync(HttpStatusCode.Forbidden, "http.forbidden");
        await stranger.GetAsync(Api("/api/status/none")).RefusedAsync(HttpStatusCode.NotFound, "license.unknown");
    }

    private static object Request(string? subject = null, string? field = null, string? value = null, string issuerName = "样例市新闻出版局")
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(8));
        return new
        {
            type = Or("type", PublicationBusinessLicense.TypeName),
            holder = new { name = Or("holderName", "张样例"), code = Or("holderCode", "34990119900101001X"), codeTypeCode = "111", subject = subject ?? "somebody" },
            issuer = new { uscc = Or("issuer", Issuer), name = issuerName },
            faceData = new { businessName = "样例书店", principal = Or("principal", "张样例"), address = "样例市样例路1号", scope = "图书、报刊零售", mode = "零售" },
            validFrom = today,
            validTo = field == "validTo" ? DateOnly.Parse(value!, System.Globalization.CultureInfo.InvariantCulture) : today.AddYears(5),
            caseNumber = Or("caseNumber", Guid.NewGuid().ToString("N")),
        };

        string Or(string name, string usual) => field == name ? value! : usual;
    }

    private Task<HttpResponseMessage> ChangeAsync(HttpClient client, string identifier, string act, object body) =>
        client.PostAsJsonAsync(Api($"/api/licenses/{identifier}/{act}"), body);

    private Uri Api(string path) => new(platform.Address("license") + path);

    private async Task<HttpResponseMessage> IssueAsync(HttpClient client, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Api("/api/licenses")) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await client.SendAsync(request);
    }

    private async Task<string> VerifyAsync(byte[] file, string name)
    {
        using var client = new HttpClient();
        using var form = new MultipartFormDataContent();
        using var part = new ByteArrayContent(file);
        form.Add(part, "file", name);
        var report = await client.PostAsync(Api("/api/verifications"), form).AnswerAsync(HttpStatusCode.OK);
        return report.GetProperty("result").GetString()!;
    }

    private async Task<Holder> SignInAsync(string signInName)
    {
        var browser = new HttpBrowser();
        var app = new NativeApp(platform.Description, browser);
        var account = platform.Account(signInName);
        await browser.GetAsync(platform.Address("identity") + "/sign-in");
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        await app.SignInAsync();
        var about = await app.Http.GetAsync(new Uri(platform.Address("identity") + "/connect/userinfo")).AnswerAsync(HttpStatusCode.OK);
        return new Holder(app, browser, about.GetProperty("sub").GetString()!);
    }

    private sealed record Holder(NativeApp App, HttpBrowser Browser, string Subject) : IDisposable
    {
        public HttpClient Http => App.Http;

        public void Dispose()
        {
            App.Dispose();
            Browser.Dispose();
        }
    }
}

public sealed class SqliteIssuingApiTests(SqlitePlatform platform) : IssuingApiTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresIssuingApiTests(PostgresPlatform platform) : IssuingApiTests(platform), IClassFixture<PostgresPlatform>;
