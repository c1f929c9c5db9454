using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Sandbox;
using Yinxin.Testing;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Portal.Tests.Sandbox;

/// <summary>The sandbox alone, on a free port and a directory that outlives a restart.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    public const string Key = "key-of-the-sandbox-in-tests";
    public const string Secret = "secret-of-the-channel-in-tests";
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-sandbox-").FullName;
    private WebApplication? app;

    public string Address { get; } = $"http://localhost:{FreePort.Next()}";

    public HttpClient Http { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Address), DefaultRequestHeaders = { { "X-Api-Key", Key } } };
        await KnownSecrets.OfRun.LearnRegisterAsync(Http);
        KnownSecrets.OfRun.Learn("API key", Key);
    }

    public async Task RestartAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Http.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        Ear.Judge();
    }

    private async Task StartAsync()
    {
        app = SandboxApp.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = Address,
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Sandbox"] = Address,
                ["Sandbox:ApiKey"] = Key,
                ["Sandbox:ChannelSecret"] = Secret,
            });
            builder.Logging.SetMinimumLevel(LogLevel.Error);
            builder.Logging.AddEar(KnownSecrets.OfRun);
        });
        await app.StartAsync();
    }
}
