using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.Testing;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>From where a request came, as limits and audit see it, with and without proxies that the settings name.</summary>
public sealed class TrustedProxyTests : IDisposable
{
    private const string Key = "App:TrustedProxies";
    private const string Client = "198.51.100.7";
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose() => http.Dispose();

    [Theory]
    [InlineData(null, "false")]
    [InlineData("10.9.0.4", "false")]
    // The framework's own switch believes everybody.
    [InlineData(null, "true")]
    [InlineData("10.9.0.4", "true")]
    public async Task The_header_of_anybody_who_is_not_named_is_ignored(string? proxy, string frameworkSwitch)
    {
        var named = proxy is null ? Named() : Named(proxy);
        await using var sample = Sample([.. named, new("ForwardedHeaders_Enabled", frameworkSwitch)]);
        await StartAsync(sample);
        await GetAsync(sample, "/from", Client, "https").AnswerTextAsync("http://127.0.0.1 127.0.0.1");
        await GetAsync(sample, "/from", $"{Client}, 10.9.0.4", "https").AnswerTextAsync("http://127.0.0.1 127.0.0.1");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:127.0.0.0/104")]
    public async Task A_named_proxy_is_believed_in_address_and_scheme_and_not_in_the_name_of_the_site(string proxy)
    {
        await using var sample = Sample(Named(proxy));
        await StartAsync(sample);
        await GetAsync(sample, "/from", Client, "https").AnswerTextAsync($"https://127.0.0.1 {Client}");
        await GetAsync(sample, "/from", null).AnswerTextAsync("http://127.0.0.1 127.0.0.1");
    }

    [Theory]
    [InlineData("203.0.113.66, 198.51.100.7", Client)]
    [InlineData("203.0.113.66, 198.51.100.7, 10.9.0.4", Client)]
    [InlineData("203.0.113.66, 198.51.100.7, 10.9.0.5, 10.9.0.4", Client)]
    // Whoever writes the address of a proxy before its own is not one.
    [InlineData("203.0.113.66, 10.9.0.4, 198.51.100.7, 10.9.0.4", Client)]
    [InlineData("198.51.100.7, ::ffff:10.9.0.4", Client)]
    [InlineData("198.51.100.7:4711", Client)]
    [InlineData("203.0.113.66, 2001:db8:1::7, 2001:db8:9::4", "2001:db8:1::7")]
    [InlineData("[2001:db8:1::7]:4711", "2001:db8:1::7")]
    public async Task A_chain_is_believed_as_far_as_it_is_named(string forwarded, string client)
    {
        await using var sample = Sample(Named("127.0.0.1", "10.9.0.0/16", "2001:db8:9::/48"));
        await StartAsync(sample);
        await GetAsync(sample, "/from", forwarded).AnswerTextAsync($"http://127.0.0.1 {client}");
    }

    [Theory]
    [InlineData("", "https", "127.0.0.1")]
    [InlineData(", ,", null, "127.0.0.1")]
    [InlineData("unknown", "https", "127.0.0.1")]
    [InlineData("999.1.1.1", null, "127.0.0.1")]
    [InlineData("198.51.100.7, <script>", null, "127.0.0.1")]
    [InlineData("unknown, 198.51.100.7", null, Client)]
    [InlineData("198.51.100.7", "ht tp<", Client)]
    public async Task Garbage_ends_the_chain_and_breaks_nothing(string forwarded, string? scheme, string client)
    {
        await using var sample = Sample(Named("127.0.0.1"));
        await StartAsync(sample);
        using var response = await GetAsync(sample, "/from", forwarded, scheme);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith($"://127.0.0.1 {client}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_of_IPv4_is_known_on_a_socket_for_both()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6 here.");
        await using var sample = Sample(Named("127.0.0.1"));
        await StartAsync(sample, services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.IPv6Any, sample.Address.Port)));
        await GetAsync(sample, "/from", null).AnswerTextAsync("http://127.0.0.1 ::ffff:127.0.0.1");
        await GetAsync(sample, "/from", $"203.0.113.66, {Client}", "https").AnswerTextAsync($"https://127.0.0.1 {Client}");
    }

    [Fact]
    public async Task Limits_and_audit_see_the_client_behind_the_proxy()
    {
        await using var sample = Sample(Named("127.0.0.1"));
        await StartAsync(sample);
        await GetAsync(sample, "/limited", Client).AnswerTextAsync("ok");
        await GetAsync(sample, "/limited", Client).AnswerTextAsync("ok");
        await GetAsync(sample, "/limited", Client).RefusedAsync(HttpStatusCode.TooManyRequests, "http.tooManyRequests");
        await GetAsync(sample, "/limited", $"203.0.113.66, {Client}").RefusedAsync(HttpStatusCode.TooManyRequests, "http.tooManyRequests");
        await GetAsync(sample, "/limited", "198.51.100.8").AnswerTextAsync("ok");

        await GetAsync(sample, "/noted", $"203.0.113.66, {Client}").AnswerTextAsync("noted");
        await using var scope = sample.App.Services.CreateAsyncScope();
        var record = await scope.ServiceProvider.GetRequiredService<SampleContext>().Set<AuditRecord>().SingleAsync(r => r.Action == "test.noted");
        Assert.Equal(Client, record.Address);
    }

    [Fact]
    public async Task Nobody_gets_a_new_budget_by_a_header_of_his_own()
    {
        await using var sample = Sample([]);
        await StartAsync(sample);
        await GetAsync(sample, "/limited", "198.51.100.1").AnswerTextAsync("ok");
        await GetAsync(sample, "/limited", "198.51.100.2").AnswerTextAsync("ok");
        await GetAsync(sample, "/limited", "198.51.100.3").RefusedAsync(HttpStatusCode.TooManyRequests, "http.tooManyRequests");
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy.example")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.1.0.4:80")]
    [InlineData("[::1]:80")]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.0/")]
    [InlineData("10.1.0.0/16/8")]
    [InlineData("10.1.0.0/16,10.2.0.0/16")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("::ffff:0.0.0.0/96")]
    public async Task What_names_no_proxy_stops_the_start(string value)
    {
        await using var sample = Sample(Named("10.1.0.4", value));
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(sample));
        Assert.StartsWith($"{Key}: «{value}»", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_came_to_the_proxy_by_HTTPS_is_told_to_keep_to_it()
    {
        await using var sample = Sample(Named("127.0.0.1"));
        await StartAsync(sample);
        using var secure = await GetAsync(sample, "/from", Client, "https");
        Assert.Contains("max-age=", Assert.Single(secure.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        using var plain = await GetAsync(sample, "/from", Client, "http");
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_proxy_is_no_reason_to_speak_HTTP_over_the_network()
    {
        await using var sample = Sample([.. Named("10.1.0.4"), new("App:Address", "http://10.1.0.5:7101"), new("Addresses:Identity", "https://id.example.test")]);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(sample));
        Assert.StartsWith("App:Address:", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_value_in_place_of_the_list_stops_the_start()
    {
        await using var sample = Sample([new(Key, "10.1.0.4")]);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(sample));
        Assert.Contains(Key, refusal.Message, StringComparison.Ordinal);
    }

    private static SampleApp Sample(IEnumerable<KeyValuePair<string, string?>> settings) => new("sqlite", connection: null) { Settings = settings };

    private static IEnumerable<KeyValuePair<string, string?>> Named(params string[] proxies) =>
        proxies.Select((proxy, i) => KeyValuePair.Create<string, string?>(FormattableString.Invariant($"{Key}:{i}"), proxy));

    private static Task StartAsync(SampleApp sample, Action<IServiceCollection>? further = null) => sample.StartAsync(
        services =>
        {
            services.AddRequestLimit("two", perMinute: 2);
            further?.Invoke(services);
        },
        app =>
        {
            app.UseYinxinDefaults();
            app.UseRateLimiter();
            app.MapGet("/from", (HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host.Host} {context.Connection.RemoteIpAddress?.ToString()}");
            app.MapGet("/limited", () => "ok").RequireRateLimiting("two");
            app.MapGet("/noted", async (IAuditTrail audit, SampleContext database) =>
            {
                audit.Add(new AuditEntry("test.noted", "subject", "actor"));
                await database.SaveChangesAsync();
                return "noted";
            });
        });

    private async Task<HttpResponseMessage> GetAsync(SampleApp sample, string path, string? forwardedFor, string? scheme = null)
    {
        // By number, because a name may lead to either loopback address and the settings name one.
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(sample.Address) { Host = "127.0.0.1", Path = path }.Uri);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        if (scheme is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        }

        return await http.SendAsync(request);
    }
}
