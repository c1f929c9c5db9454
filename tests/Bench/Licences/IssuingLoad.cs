using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Yinxin.Launch.Platform;
using Yinxin.License.Layout;

namespace Yinxin.Bench.Licences;

/// <summary>Callers of the licence API, each asking for the next licence when it has the last.</summary>
internal sealed class IssuingLoad : IDisposable
{
    private readonly HttpClient client;
    private readonly Uri address;

    private IssuingLoad(HttpClient client, Uri address)
    {
        this.client = client;
        this.address = address;
    }

    public static async Task<IssuingLoad> ConnectAsync(PlatformDescription platform)
    {
        var app = platform.Clients.First(c => c.Type == "confidential");
        var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Issuer + "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "license.issue")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{app.ClientId}:{Uri.EscapeDataString(app.ClientSecret!)}")));
        using var response = await client.SendAsync(request);
        var token = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new IssuingLoad(client, new Uri(platform.Addresses["license"] + "/api/licenses"));
    }

    /// <summary>Licences a second.</summary>
    public async Task<double> RunAsync(int callers, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (watch.Elapsed < duration)
            {
                await IssueAsync();
                Interlocked.Increment(ref count);
            }
        }));
        return count / watch.Elapsed.TotalSeconds;
    }

    public async Task IssueAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(Body()) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => client.Dispose();

    private static object Body() => new
    {
        type = PublicationBusinessLicense.TypeName,
        holder = new { name = "张样例", code = "34990119900101001X", codeTypeCode = "111", subject = "bench" },
        issuer = new { uscc = "11349900MB0000051U", name = "样例市新闻出版局" },
        faceData = new { businessName = "样例书店", principal = "张样例", address = "样例市样例路1号", scope = "图书、报刊零售", mode = "零售" },
        validFrom = DateOnly.FromDateTime(DateTime.UtcNow),
        validTo = DateOnly.FromDateTime(DateTime.UtcNow).AddYears(5),
        caseNumber = Guid.NewGuid().ToString("N"),
    };
}
