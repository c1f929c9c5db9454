using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Launch.Platform;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Testing;

/// <summary>The whole platform in this process, on free ports and a directory of its own; gone when the tests are.</summary>
public class PlatformFixture : IAsyncLifetime
{
    private RunningPlatform? platform;

    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("yinxin-platform-").FullName;

    public PlatformDescription Description => Running.Description;

    public RunningPlatform Running => platform ?? throw new InvalidOperationException("The platform has not started.");

    /// <summary>The address of one app, without a trailing slash.</summary>
    public string Address(string app) => Description.Addresses[app];

    public SampleAccount Account(string signInName) => Description.Accounts.First(a => a.SignInName == signInName);

    /// <summary>What a derived fixture changes: the database, single settings.</summary>
    protected virtual Task<PlatformOptions> OptionsAsync(PlatformOptions options) => Task.FromResult(options);

    /// <summary>
    /// Tests sign the same few accounts in again and again, each time with a code, and everybody comes from one address.
    /// What the hash of a password costs has tests of its own; here it would only be waited for, at every start and every sign-in.
    /// </summary>
    protected static IReadOnlyList<(string App, string Key, string? Value)> Overrides =>
    [
        ("identity", "PhoneCodes:SecondsBetween", "0"), ("identity", "PhoneCodes:PerPhoneAndHour", "1000"), ("identity", "PhoneCodes:PerAddressAndHour", "10000"),
        ("identity", "PhoneCodes:PerPhoneAndDay", "10000"), ("identity", "PhoneCodes:PerAccountAndHour", "1000"), ("identity", "PhoneCodes:PerAccountAndDay", "10000"),
        ("identity", "SignIn:PasswordIterations", "1000"), ("identity", "SignIn:WrongPasswordsPerAddress", "10000"),
        ("identity", "Challenge:ChecksPerAddress", "10000"), ("identity", "Challenge:MessagesPerAddress", "10000"), ("identity", "Challenge:FailuresPerAddress", "10000"),
    ];

    public async ValueTask InitializeAsync()
    {
        var options = new PlatformOptions
        {
            DataDirectory = DataDirectory,
            BasePort = FreePort.Range(9),
            LogLevel = LogLevel.Error,
            Overrides = Overrides,
            Logging = logging => logging.AddEar(KnownSecrets.OfRun),
        };
        platform = await RunningPlatform.StartAsync(await OptionsAsync(options));
        using var sandbox = Sandbox();
        await KnownSecrets.OfRun.LearnRegisterAsync(sandbox, Description.Accounts.Select(a => a.Name.Split('（')[0]));
        KnownSecrets.OfRun.Learn("API key", Description.Sandbox.ApiKey);
        foreach (var account in Description.Accounts)
        {
            KnownSecrets.OfRun.Learn("password", account.Password);
            KnownSecrets.OfRun.Learn("name", account.Name);
        }

        foreach (var client in Description.Clients)
        {
            KnownSecrets.OfRun.Learn("client secret", client.ClientSecret ?? "");
        }
    }

    /// <summary>Ends the platform; nothing that it has logged or traced may have held anything personal.</summary>
    public async ValueTask DisposeAsync()
    {
        if (platform is not null)
        {
            try
            {
                await LearnMessagesAsync();
            }
            finally
            {
                await platform.DisposeAsync();
            }
        }

        try
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
        catch (IOException)
        {
            // A file still open on a slow machine is no test's business; the directory lies under the system's temporary one.
        }

        GC.SuppressFinalize(this);
        Ear.Judge();
    }

    /// <summary>Which codes went to phones is known where they came to.</summary>
    private async Task LearnMessagesAsync()
    {
        using var sandbox = Sandbox();
        using var recovered = await sandbox.DeleteAsync(new Uri("/faults/v1/rules", UriKind.Relative));
        foreach (var message in (await sandbox.GetFromJsonAsync<List<JsonElement>>(new Uri("/sms/v1/messages", UriKind.Relative)))!)
        {
            KnownSecrets.OfRun.LearnMessage(message.GetProperty("text").GetString()!);
        }
    }

    private HttpClient Sandbox() => new(TrustedRoots.Handler(new AppSettings { TrustedRootsPath = Running.TrustedRootsPath }) ?? new SocketsHttpHandler())
    {
        BaseAddress = new Uri(Description.Sandbox.Address),
        DefaultRequestHeaders = { { "X-Api-Key", Description.Sandbox.ApiKey } },
    };
}
