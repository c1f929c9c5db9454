using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.BackChannelLogout;

/// <param name="Party">The client at whose address it arrived.</param>
/// <param name="Token">The logout token.</param>
/// <param name="ContentType">How it was sent.</param>
/// <param name="Cookies">What was sent along and should not be.</param>
public sealed record ReceivedLogout(string Party, string Token, string? ContentType, string Cookies)
{
    public string Sid { get; } = Answer.Claims(Token).GetProperty("sid").GetString()!;

    public string Jti { get; } = Answer.Claims(Token).GetProperty("jti").GetString()!;
}

/// <summary>Stands for clients of others, each with an address of its own; answers as a test wants.</summary>
public sealed class LogoutReceiver : IAsyncDisposable
{
    private const int FirstClient = 20;
    private readonly string address = FormattableString.Invariant($"http://127.0.0.1:{FreePort.Next()}");
    private readonly ConcurrentQueue<ReceivedLogout> received = [];
    private readonly SemaphoreSlim arrived = new(0);
    private readonly WebApplication app;
    private int elsewhere;

    public LogoutReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(address);
        app.MapPost("/logout/{party}", (Delegate)ReceiveAsync);
        app.Map("/elsewhere", () =>
        {
            Interlocked.Increment(ref elsewhere);
            return Results.Ok();
        });
    }

    /// <summary>What it answers, told how often this client has heard of that session before; as an RP that has logged out where there is none.</summary>
    public Func<ReceivedLogout, int, IResult>? Answers { get; set; }

    public string Elsewhere => address + "/elsewhere";

    /// <summary>Requests at an address that nobody has registered.</summary>
    public int AskedElsewhere => Volatile.Read(ref elsewhere);

    /// <summary>Enters the clients into the settings of a server, and listens.</summary>
    public Task StartAsync(Dictionary<string, string?> settings)
    {
        Add(settings, 0, "shop", "ES256", address + "/logout/shop");
        Add(settings, 1, "club", "RS256", address + "/logout/club");
        Add(settings, 2, "quiet", "ES256", null);
        return app.StartAsync();
    }

    /// <summary>All that arrived of a session by now.</summary>
    public List<ReceivedLogout> Of(string sid) => [.. received.Where(r => r.Sid == sid)];

    /// <summary>Waits until so many have arrived of a session.</summary>
    public async Task<List<ReceivedLogout>> OfAsync(string sid, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Of(sid).Count < count)
        {
            await arrived.WaitAsync(limit.Token);
        }

        return Of(sid);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        arrived.Dispose();
    }

    private async Task<IResult> ReceiveAsync(string party, HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var logout = new ReceivedLogout(party, form["logout_token"].ToString(), http.Request.ContentType, http.Request.Headers.Cookie.ToString());
        var before = received.Count(r => r.Party == party && r.Sid == logout.Sid);
        received.Enqueue(logout);
        arrived.Release();
        http.Response.Headers.SetCookie = "rp=1; Path=/";
        return Answers?.Invoke(logout, before) ?? Results.Ok();
    }

    private static void Add(Dictionary<string, string?> settings, int n, string id, string algorithm, string? logout)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"Clients:{FirstClient + n}:");
        settings[prefix + "ClientId"] = id;
        settings[prefix + "DisplayName"] = id;
        settings[prefix + "Type"] = "confidential";
        settings[prefix + "Secret"] = IdentityFixture.Secret;
        settings[prefix + "IdTokenAlgorithm"] = algorithm;
        settings[prefix + "SectorIdentifier"] = "mall.example";
        settings[prefix + "RedirectUris:0"] = "http://127.0.0.1/callback";
        settings[prefix + "BackChannelLogoutUri"] = logout;
        List("Scopes", "openid", "profile", "offline_access");
        List("GrantTypes", "authorization_code", "refresh_token");

        void List(string name, params string[] items)
        {
            for (var i = 0; i < items.Length; i++)
            {
                settings[string.Create(CultureInfo.InvariantCulture, $"{prefix}{name}:{i}")] = items[i];
            }
        }
    }
}
