using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;
using Yinxin.Seal.Validation;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Seal.Tests;

/// <summary>The seal server over HTTP, with the platform's own authorities and tokens, on either database.</summary>
public abstract class SealServerTests(PlatformFixture platform)
{
    private const string Department = "11349900MB0000051U";

    [Fact]
    public async Task A_digest_is_sealed_once_for_each_key_and_verifies_offline()
    {
        using var client = await ClientAsync();
        var esId = await EsIdAsync(client);
        var hash = Digests.Sm3("原文"u8);
        var key = Guid.NewGuid().ToString();
        var body = new { sesData = Convert.ToBase64String(hash), sesProperty = "/licence.json", pdfDigest = Convert.ToBase64String(new byte[32]), purpose = "test", documentName = "licence" };
        var first = await AnswerAsync(await SealAsync(client, esId, body, key), HttpStatusCode.OK);
        var again = await AnswerAsync(await SealAsync(client, esId, body, key), HttpStatusCode.OK);
        Assert.Equal(first.GetProperty("sesSignature").GetString(), again.GetProperty("sesSignature").GetString());
        Assert.NotEmpty(first.GetProperty("cms").GetBytesFromBase64());

        var bundle = TrustBundle.Parse(await client.GetByteArrayAsync(new Uri(platform.Address("trust") + "/trust-bundle.json")));
        var report = SealVerification.Verify(first.GetProperty("sesSignature").GetBytesFromBase64(), hash, bundle);
        Assert.DoesNotContain(report.Checks, c => c.Outcome == Outcome.Failed);
        Assert.True(report.TimeProven);
    }

    [Fact]
    public async Task A_department_has_one_seal_however_often_it_is_made()
    {
        using var client = await ClientAsync();
        var before = await EsIdAsync(client);
        var answer = await AnswerAsync(await client.PutAsJsonAsync(Seals("/departments/" + Department), new { name = "样例市新闻出版局" }), HttpStatusCode.OK);
        Assert.Equal(before, answer.GetProperty("esId").GetString());
        Assert.Matches("^349900[0-9]{8}$", before);
    }

    [Theory]
    [InlineData("11349900MB0000052U", "样例局")]
    [InlineData(Department + "1", "样例局")]
    public async Task A_wrong_owner_is_refused(string uscc, string name)
    {
        using var client = await ClientAsync();
        await ProblemAsync(await client.PutAsJsonAsync(Seals("/departments/" + uscc), new { name }), HttpStatusCode.UnprocessableEntity, "seal.owner");
    }

    [Theory]
    [InlineData("AAAA", "x")]
    [InlineData("no base64", "x")]
    [InlineData(null, "x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "属性")]
    public async Task A_bad_digest_or_property_is_refused(string? sesData, string? sesProperty)
    {
        using var client = await ClientAsync();
        await ProblemAsync(await SealAsync(client, await EsIdAsync(client), new { sesData, sesProperty }), HttpStatusCode.UnprocessableEntity, "seal.digest");
    }

    [Fact]
    public async Task An_unknown_seal_a_missing_key_and_a_missing_token_are_refused()
    {
        using var client = await ClientAsync();
        var body = new { pdfDigest = Convert.ToBase64String(new byte[32]) };
        await ProblemAsync(await SealAsync(client, "34990099999999", body), HttpStatusCode.NotFound, "seal.unknown");
        await ProblemAsync(await client.PostAsJsonAsync(Seals($"/{await EsIdAsync(client)}/sealings"), body), HttpStatusCode.BadRequest, "idempotency.missing");
        client.DefaultRequestHeaders.Authorization = null;
        using var response = await SealAsync(client, "34990099999999", body);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_token_that_may_only_seal_makes_and_suspends_nothing()
    {
        using var client = await ClientAsync("seal.apply");
        using var made = await client.PutAsJsonAsync(Seals("/departments/" + Department), new { name = "样例市新闻出版局" });
        using var suspended = await client.PostAsJsonAsync(Seals($"/{await EsIdAsync(client)}/suspension"), new { reason = "试验" });
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (made.StatusCode, suspended.StatusCode));
    }

    [Fact]
    public async Task A_suspended_seal_seals_nothing_until_it_is_resumed()
    {
        using var client = await ClientAsync();
        // A department of its own: the other tests go on with the platform's.
        var made = await AnswerAsync(await client.PutAsJsonAsync(Seals("/departments/91350100M000100Y43"), new { name = "样例县档案局" }), HttpStatusCode.Created);
        var esId = made.GetProperty("esId").GetString()!;
        var body = new { pdfDigest = Convert.ToBase64String(new byte[32]) };
        await ProblemAsync(await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "" }), HttpStatusCode.UnprocessableEntity, "seal.reason");
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "印章保管人变更" }), HttpStatusCode.OK);
        await ProblemAsync(await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "印章保管人变更" }), HttpStatusCode.Conflict, "seal.state");
        await ProblemAsync(await SealAsync(client, esId, body), HttpStatusCode.Conflict, "seal.state.suspended");
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/resumption"), new { reason = "交接完成" }), HttpStatusCode.OK);
        await AnswerAsync(await SealAsync(client, esId, body), HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_certificates_of_a_seal_follow_its_state()
    {
        using var client = await ClientAsync();
        var made = await AnswerAsync(await client.PutAsJsonAsync(Seals("/departments/11349900MB0000713M"), new { name = "样例市气象局" }), HttpStatusCode.Created);
        var esId = made.GetProperty("esId").GetString()!;
        await StatusBecomesAsync(esId, "valid");
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "印章保管人变更" }), HttpStatusCode.OK);
        await StatusBecomesAsync(esId, "held");
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/resumption"), new { reason = "交接完成" }), HttpStatusCode.OK);
        await StatusBecomesAsync(esId, "valid");
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "单位撤销" }), HttpStatusCode.OK);
        await AnswerAsync(await client.PostAsJsonAsync(Seals($"/{esId}/destruction"), new { reason = "单位撤销" }), HttpStatusCode.OK);
        await StatusBecomesAsync(esId, "revoked");
        await ProblemAsync(await SealAsync(client, esId, new { pdfDigest = Convert.ToBase64String(new byte[32]) }), HttpStatusCode.Conflict, "seal.state.destroyed");
        await ProblemAsync(await client.PostAsJsonAsync(Seals($"/{esId}/resumption"), new { reason = "误操作" }), HttpStatusCode.Conflict, "seal.state");
        var another = await AnswerAsync(await client.PutAsJsonAsync(Seals("/departments/11349900MB0000713M"), new { name = "样例市气象局" }), HttpStatusCode.Created);
        Assert.NotEqual(esId, another.GetProperty("esId").GetString());
    }

    /// <summary>Both certificates, the seal's and the one that signs PDFs, by what Trust says.</summary>
    private async Task StatusBecomesAsync(string esId, string status)
    {
        using var trust = await ClientAsync("trust.read");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var seal = await RowsAsync("profile=seal-signer&subject=" + esId);
            var newest = await RowsAsync("profile=pdf-signer&subject=" + Uri.EscapeDataString("样例市气象局"));
            if (seal.Count == 1 && newest.Count == 1 && seal.Concat(newest).All(c => c.GetProperty("status").GetString() == status))
            {
                return;
            }

            await Task.Delay(50, limit.Token);
        }

        async Task<List<JsonElement>> RowsAsync(string query)
        {
            var answer = await AnswerAsync(await trust.GetAsync(new Uri($"{platform.Address("trust")}/api/certificates?{query}")), HttpStatusCode.OK);
            return [.. answer.GetProperty("certificates").EnumerateArray()];
        }
    }

    [Fact]
    public async Task Every_use_is_in_the_log_where_its_owner_can_prove_it_his_and_others_learn_nothing()
    {
        using var client = await ClientAsync();
        var esId = await EsIdAsync(client);
        var body = new { pdfDigest = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), purpose = "换发许可证", documentName = "样例书店的许可证" };
        await AnswerAsync(await SealAsync(client, esId, body), HttpStatusCode.OK);

        async Task<JsonElement> NewestAsync() => (await AnswerAsync(await client.GetAsync(Seals($"/{esId}/uses")), HttpStatusCode.OK)).EnumerateArray().First(u => u.GetProperty("purpose").GetString() == "换发许可证");
        var use = await NewestAsync();
        var proven = await platform.ProvenAsync("seal.used", Convert.FromHexString(use.GetProperty("objectDigest").GetString()!));
        Assert.Equal(
            System.Security.Cryptography.SHA256.HashData([.. use.GetProperty("salt").GetBytesFromBase64(), .. Encoding.UTF8.GetBytes(esId)]), proven.Entry.Subject.ToArray());
        // The form leaves room for nothing else: a kind, two digests, a time.
        Assert.Matches("""^\{"kind":"seal\.used","object":"[0-9a-f]{64}","subject":"[0-9a-f]{64}","time":"[0-9T:Z-]{20}"\}$""", proven.Text);
        Assert.DoesNotContain(esId, proven.Text, StringComparison.Ordinal);

        for (var tries = 0; tries < 100 && use.GetProperty("logIndex").ValueKind == JsonValueKind.Null; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            use = await NewestAsync();
        }

        Assert.Equal(proven.Index, use.GetProperty("logIndex").GetInt64());
        using var anyone = new HttpClient();
        Assert.Contains(use.GetProperty("objectDigest").GetString()!, await anyone.GetStringAsync(new Uri(use.GetProperty("logProof").GetString()!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seal_that_is_made_and_one_that_is_suspended_are_in_the_log()
    {
        using var client = await ClientAsync();
        var made = await AnswerAsync(await client.PutAsJsonAsync(Seals("/departments/11340100MB05AMP251"), new { name = "样例区档案局" }), HttpStatusCode.Created);
        var esId = made.GetProperty("esId").GetString()!;
        using var suspended = await client.PostAsJsonAsync(Seals($"/{esId}/suspension"), new { reason = "试验" });
        using var resumed = await client.PostAsJsonAsync(Seals($"/{esId}/resumption"), new { reason = "试验" });
        foreach (var kind in new[] { "seal.made", "seal.stateChanged" })
        {
            var proven = await platform.ProvenAsync(kind);
            Assert.DoesNotContain(esId, proven.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_use_that_its_owner_does_not_know_raises_an_alarm()
    {
        // A thief with a token of a server writes a use into the log that never passed here.
        using var thief = await ClientAsync("trust.log");
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("trust") + "/api/log/entries")
        {
            Content = JsonContent.Create(new { kind = "seal.used", time = DateTimeOffset.UtcNow, subject = new string('a', 64), objectDigest = new string('b', 64) }),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var taken = await thief.SendAsync(request);
        Assert.True(taken.IsSuccessStatusCode);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var anyone = new HttpClient();
        while (await anyone.GetStringAsync(new Uri(platform.Address("seal") + "/health/ready"), limit.Token) != "Degraded")
        {
            await Task.Delay(200, limit.Token);
        }
    }

    private Uri Seals(string path) => new(platform.Address("seal") + "/api/seals" + path);

    private async Task<HttpClient> ClientAsync(string scope = "seal.manage seal.apply")
    {
        using var secrets = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(platform.DataDirectory, "secrets.json")));
        var secret = secrets.RootElement.GetProperty("ClientSecrets").GetProperty("launch").GetString()!;
        var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("identity") + "/connect/token")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("launch:" + Uri.EscapeDataString(secret)))) },
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", scope)]),
        };
        var answer = await AnswerAsync(await client.SendAsync(request), HttpStatusCode.OK);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("access_token").GetString());
        return client;
    }

    private async Task<string> EsIdAsync(HttpClient client) =>
        (await AnswerAsync(await client.GetAsync(Seals("?owner=" + Department)), HttpStatusCode.OK))[0].GetProperty("esId").GetString()!;

    private async Task<HttpResponseMessage> SealAsync(HttpClient client, string esId, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Seals($"/{esId}/sealings")) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        return await client.SendAsync(request);
    }

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
            return JsonElement.Parse(text);
        }
    }

    private static async Task ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code) =>
        Assert.Equal(code, (await AnswerAsync(response, status)).GetProperty("code").GetString());
}

public sealed class SqliteSealServerTests(PlatformFixture platform) : SealServerTests(platform), IClassFixture<PlatformFixture>;

public sealed class PostgresSealServerTests(PostgresPlatform platform) : SealServerTests(platform), IClassFixture<PostgresPlatform>;
