using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.Presence;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>An API that judges tokens by their signature and follows the feed of endings, as License does.</summary>
internal sealed class SampleApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly string directory;
    private readonly StrongBox<int> transfers;
    private readonly FeedWatch feed;

    /// <summary>For a machine that builds beside the tests; it decides nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private SampleApi(WebApplication app, string address, string directory, StrongBox<int> transfers, FeedWatch feed)
    {
        this.app = app;
        this.directory = directory;
        this.transfers = transfers;
        this.feed = feed;
        http = new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>How often the handler of a transfer has acted.</summary>
    public int Transfers => transfers.Value;

    public EndedTokens Ended => app.Services.GetRequiredService<EndedTokens>();

    /// <param name="identity">The server.</param>
    /// <param name="follows">Whether it follows the feed of endings; without a client of its own it cannot.</param>
    public static async Task<SampleApi> StartAsync(IdentityFixture identity, bool follows = true)
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-api-").FullName;
        var address = FormattableString.Invariant($"http://localhost:{FreePort.Next()}");
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Tests", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = address,
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Identity"] = identity.Issuer,
                ["Tokens:ClientId"] = follows ? "api" : "",
                ["Tokens:ClientSecret"] = IdentityFixture.Secret,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-license");
        var feed = new FeedWatch();
        builder.Services.AddHttpClient("endings").AddHttpMessageHandler(feed.Between);
        builder.Services.AddPresence();
        builder.Services.AddDbContext<AnswersContext>(options => options.UseSqlite($"Data Source={Path.Combine(directory, "answers.sqlite")};Pooling=False"));
        var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AnswersContext>().Database.EnsureCreatedAsync();
        }

        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        var api = app.MapGroup("").RequireAuthorization(ApiTokens.Scope("license.read"));
        api.MapGet("/plain", () => "done");
        var transfers = new StrongBox<int>();
        api.MapPost("/transfers/{id}", (string id) => $"done {id}: {Interlocked.Increment(ref transfers.Value)}")
            .RequireIdempotencyKey<AnswersContext>()
            .RequirePresence(http => new PresenceRequest($"transfer:{http.Request.RouteValues["id"]}", "转移登记", "Transfer", http.Request.Headers["X-Digest"].ToString() is { Length: > 0 } digest ? digest : null));
        api.MapPost("/faces/{id}", (string id) => $"done {id}")
            .RequireIdempotencyKey<AnswersContext>()
            .RequirePresence(http => new PresenceRequest($"transfer:{http.Request.RouteValues["id"]}", "转移登记", "Transfer", Methods: [PresenceMethod.Face, PresenceMethod.Video]));
        api.MapGet("/pay", () => "done").RequirePower(ActingPower.Pay);
        api.MapGet("/receive", () => "done").RequirePower(ActingPower.Receive);
        api.MapGet("/matters/{code}", (string code, HttpContext context) =>
        {
            context.User.DemandMatter(code);
            return "done";
        });
        api.MapGet("/seals/{seal}", (string seal, HttpContext context) =>
        {
            context.User.DemandSeal(seal);
            return "done";
        });
        await app.StartAsync();
        return new SampleApi(app, address, directory, transfers, feed);
    }

    public async Task<Answer> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Answer.FromAsync(await http.SendAsync(request));
    }

    public async Task<Answer> PostAsync(string path, string token, string? operation = null, string? digest = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", operation ?? Guid.NewGuid().ToString());
        if (digest is not null)
        {
            request.Headers.Add("X-Digest", digest);
        }

        return await Answer.FromAsync(await http.SendAsync(request));
    }

    public async Task<HttpStatusCode> StatusAsync(string token) => (await GetAsync("/plain", token)).Status;

    /// <summary>
    /// Waits until the API takes the token of what has ended no more, and fails when it still does after two questions to the feed: the first may have been on its way before the ending, the second
    /// was not. That it asks each second, which makes five seconds of it, is shown by a clock of its own (<c>EndingsFollowerTests</c>) and measured by <c>./yinxin bench endings</c>; on a machine that
    /// builds beside the tests seconds say nothing.
    /// </summary>
    public Task UntilRefusedAsync(string token) => UntilRefusedAsync(token, TimeSpan.Zero);

    /// <summary>The same of a token that says what is no longer true: it is taken for <see cref="EndedTokens.AppsFirst"/> longer, so that apps have another one by then.</summary>
    public Task UntilOutdatedAsync(string token) => UntilRefusedAsync(token, EndedTokens.AppsFirst);

    private async Task UntilRefusedAsync(string token, TimeSpan longer)
    {
        const int questions = 2;
        var before = feed.TakenIn;
        var watch = Stopwatch.StartNew();
        TimeSpan? known = null;
        while (true)
        {
            if (known is null && feed.TakenIn >= before + questions)
            {
                known = watch.Elapsed;
            }

            var over = watch.Elapsed - known >= longer;
            if (await StatusAsync(token) == HttpStatusCode.Unauthorized)
            {
                break;
            }

            if (over || watch.Elapsed > Patience)
            {
                throw new TimeoutException(over ? "The feed has told the API, and it still takes the token." : "The API still takes the token.");
            }

            await Task.Delay(50);
        }

        // Else nobody was watched.
        Assert.NotEqual(0, feed.Answered);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>What was answered under a key.</summary>
    internal sealed class AnswersContext(DbContextOptions<AnswersContext> options) : DbContext(options)
    {
        protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddIdempotency();
    }
}
