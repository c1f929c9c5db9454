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

    private SampleApi(WebApplication app, string address, string directory, StrongBox<int> transfers)
    {
        this.app = app;
        this.directory = directory;
        this.transfers = transfers;
        http = new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>How often the handler of a transfer has acted.</summary>
    public int Transfers => transfers.Value;

    public EndedTokens Ended => app.Services.GetRequiredService<EndedTokens>();

    public static async Task<SampleApi> StartAsync(IdentityFixture identity)
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
                ["Tokens:ClientId"] = "api",
                ["Tokens:ClientSecret"] = IdentityFixture.Secret,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-license");
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
        return new SampleApi(app, address, directory, transfers);
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

    /// <summary>How long the API went on taking the token; five seconds is the promise.</summary>
    public async Task<TimeSpan> UntilRefusedAsync(string token)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (await StatusAsync(token) != HttpStatusCode.Unauthorized)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException("The API still takes the token.");
            }

            await Task.Delay(50);
        }

        return watch.Elapsed;
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
