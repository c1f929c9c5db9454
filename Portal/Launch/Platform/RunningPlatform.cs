using System.Diagnostics;

namespace Yinxin.Launch.Platform;

/// <summary>All apps in one process: separate containers of services, separate ports, separate databases.</summary>
public sealed class RunningPlatform : IAsyncDisposable
{
    private readonly List<WebApplication> apps = [];
    private readonly DirectoryLock directoryLock;

    private RunningPlatform(PlatformDescription description, DirectoryLock directoryLock)
    {
        Description = description;
        this.directoryLock = directoryLock;
    }

    /// <summary>Addresses, accounts and clients, as written to <c>platform.json</c>.</summary>
    public PlatformDescription Description { get; private set; }

    /// <summary>Roots that clients must trust to reach a platform with a certificate of its own CA; else null.</summary>
    public string? TrustedRootsPath { get; private set; }

    /// <summary>From the first line of code to the last app being ready.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>Starts every app; on any failure those already started are stopped again.</summary>
    /// <exception cref="PlatformException">The reason lies outside the program and the message says what to change.</exception>
    public static async Task<RunningPlatform> StartAsync(PlatformOptions options, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        options = options with { DataDirectory = Path.GetFullPath(options.DataDirectory) };
        Preconditions.Check(options);
        var secrets = PlatformSecrets.LoadOrCreate(options.DataDirectory);
        var directoryLock = DirectoryLock.Take(options.DataDirectory);
        RunningPlatform? platform = null;
        try
        {
            options = options.OwnCertificate ? await OwnCertificate.IssueAsync(options, secrets, cancellationToken) : options;
            var configuration = new PlatformConfiguration(options, secrets);
            platform = new RunningPlatform(PlatformDescription.Of(configuration, secrets), directoryLock) { TrustedRootsPath = options.TrustedRootsPath };
            await platform.StartAppsAsync(options, configuration, secrets, cancellationToken);
            using var client = PlatformHttp.Client(options);
            await new FirstRun(configuration, secrets, platform.Description).CompleteAsync(client, options.DataDirectory, cancellationToken);
        }
        catch (Exception e)
        {
            await (platform?.DisposeAsync() ?? ValueTask.CompletedTask);
            directoryLock.Dispose();
            throw Explained(e);
        }

        platform.StartedIn = watch.Elapsed;
        return platform;
    }

    /// <summary>Stops the apps in the reverse of their order: those that ask before those that answer.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        foreach (var app in Enumerable.Reverse(apps))
        {
            await app.StopAsync(limit.Token);
            await app.DisposeAsync();
        }

        apps.Clear();
        directoryLock.Dispose();
    }

    private async Task StartAppsAsync(PlatformOptions options, PlatformConfiguration configuration, PlatformSecrets secrets, CancellationToken cancellationToken)
    {
        // The outside world first: the sample accounts are persons of its registers.
        await StartAsync(PlatformApp.All[0], new Dictionary<string, string?>());
        using var client = PlatformHttp.Client(options);
        client.BaseAddress = new Uri(configuration.Address("sandbox"));
        var samples = await SampleAccounts.ChooseAsync(client, secrets, cancellationToken);
        Description = Description with { Accounts = samples.Accounts };

        var rest = PlatformApp.All.Skip(1).ToList();
        foreach (var chunk in rest.Chunk(3))
        {
            await Task.WhenAll(chunk.Select(app => StartAsync(app, app.Name == "identity" ? samples.Configuration : new Dictionary<string, string?>())));
        }

        async Task StartAsync(PlatformApp app, Dictionary<string, string?> further)
        {
            var web = await Task.Run(
                () => app.Build([], builder =>
                {
                    builder.Configuration.Sources.Clear();
                    builder.Configuration.AddInMemoryCollection(configuration.For(app.Name));
                    builder.Configuration.AddInMemoryCollection(further);
                    builder.Services.AddSingleton(options.Time);
                    builder.Logging.ClearProviders().AddSimpleConsole(console =>
                    {
                        console.SingleLine = true;
                        console.TimestampFormat = "HH:mm:ss ";
                    });
                    builder.Logging.SetMinimumLevel(options.LogLevel);
                    options.Logging?.Invoke(builder.Logging);
                }),
                cancellationToken);
            lock (apps)
            {
                apps.Add(web);
            }

            await web.StartAsync(cancellationToken);
        }
    }

    private static Exception Explained(Exception exception) => exception switch
    {
        Npgsql.NpgsqlException e => new PlatformException($"PostgreSQL: {e.Message}", $"PostgreSQL：{e.Message}", e),
        Microsoft.Data.Sqlite.SqliteException e => new PlatformException($"SQLite: {e.Message}", $"SQLite：{e.Message}", e),
        Microsoft.Extensions.Options.OptionsValidationException e => new PlatformException(
            "Configuration: " + string.Join("; ", e.Failures), "配置有误：" + string.Join("；", e.Failures), e),
        _ => exception,
    };
}
