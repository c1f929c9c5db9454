using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Testing;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>A real Identity server on a free port, with three accounts and four clients.</summary>
public abstract class IdentityFixture : IAsyncLifetime
{
    public const string Secret = "0123456789abcdef0123456789abcdef0123";
    public const string Loopback = "http://127.0.0.1:51234/callback";
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-identity-").FullName;
    private WebApplication? app;
    private WebApplication? sandbox;
    private Dictionary<string, string?> settings = [];

    public ShiftedTime Time { get; } = new();

    /// <summary>What requests ask of the database.</summary>
    public StatementWatch Statements { get; } = new();

    public string Issuer { get; private set; } = "";

    /// <summary>Where Identity looks for trust lists; a test that needs them starts something there.</summary>
    public string TrustAddress => $"http://localhost:{BasePort + 6}";

    /// <summary>Without cookies and redirects: a back channel.</summary>
    public HttpClient Http { get; private set; } = new();

    public int BasePort { get; private set; }

    /// <summary>The server's own services, for what a clock would call.</summary>
    public IServiceProvider Services => app!.Services;

    /// <summary>The outside authorities.</summary>
    public SandboxClient Sandbox { get; private set; } = null!;

    public string DataDirectory => directory;

    protected abstract Task<(string Provider, string? ConnectionString)> DatabaseAsync();

    /// <summary>A connection of the test's own, to look at rows or to change facts underneath the server.</summary>
    public abstract DbConnection Connect();

    /// <summary>Provider and place of the database, as <c>yinxin audit verify</c> is given them.</summary>
    public abstract (string Provider, string Source) Database { get; }

    public async ValueTask InitializeAsync()
    {
        BasePort = FreePort.Range(9);
        Issuer = $"http://localhost:{BasePort + 1}";
        var (provider, connection) = await DatabaseAsync();
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["App:Address"] = Issuer,
            ["App:DataDirectory"] = directory,
            ["App:MasterKey"] = Convert.ToBase64String(new byte[32].Select((_, i) => (byte)i).ToArray()),
            ["Addresses:Identity"] = Issuer,
            ["Addresses:Trust"] = TrustAddress,
            ["Database:Provider"] = provider,
            ["Database:ConnectionString"] = connection,
            ["SignIn:PasswordIterations"] = "1000",
        };
        Sandbox = new SandboxClient($"http://localhost:{BasePort + 7}");
        foreach (var (section, authority) in AuthorityKeyring.Authorities.Where(a => a.Value != "carrier"))
        {
            values[$"Authorities:{section}:Keys:0"] = AuthorityKeyring.PublicKey(authority);
        }

        foreach (var authority in AuthorityKeyring.Authorities.Keys.Append("Sms"))
        {
            values[$"Authorities:{authority}:Address"] = Sandbox.Address;
            values[$"Authorities:{authority}:ApiKey"] = Secret;
        }

        values["PhoneCodes:SecondsBetween"] = "0";
        values["PhoneCodes:PerAddressAndHour"] = "10000";
        values["PhoneCodes:PerPhoneAndDay"] = "1000";
        values["PhoneCodes:PerAccountAndDay"] = "1000";
        values["Counter:LookupsPerHour"] = "10000";
        values["SignIn:WrongPasswordsPerAddress"] = "10000";
        foreach (var perAddress in (string[])["FailuresPerAddress", "ChecksPerAddress", "MessagesPerAddress"])
        {
            values["Challenge:" + perAddress] = "10000";
        }

        values["Officials:RequireSecondFactor"] = "false";
        values["Challenge:Rounds"] = "1";
        values["Challenge:Work"] = "20";
        values["Challenge:MostWork"] = "200";
        Fixtures.AddClients(values, BasePort);
        Fixtures.AddAccounts(values);
        settings = values;
        await BeforeStartAsync(values);
        app = Build(values);
        sandbox = await SandboxClient.StartAsync(Sandbox.Address, Path.Combine(directory, "sandbox"), Issuer, Time);
        await KnownSecrets.OfRun.LearnRegisterAsync(Sandbox.Http);
        KnownSecrets.OfRun.Learn("client secret", Secret);
        await app.StartAsync();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Issuer) };
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (sandbox is not null)
        {
            await sandbox.DisposeAsync();
        }

        Sandbox.Dispose();
        Statements.Dispose();

        Http.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A second server on the same data, with some settings changed.</summary>
    public async Task<WebApplication> StartSecondAsync(int portOffset, params (string Key, string? Value)[] changes)
    {
        var address = $"http://localhost:{BasePort + portOffset}";
        var values = new Dictionary<string, string?>(settings, StringComparer.Ordinal) { ["App:Address"] = address, ["Addresses:Identity"] = address };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        var second = Build(values);
        await second.StartAsync();
        return second;
    }

    private WebApplication Build(Dictionary<string, string?> values) => IdentityServerApp.Build([], builder =>
    {
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IInterceptor>(Statements);
        builder.Services.AddSingleton<IInterceptor>(new TurnOrder());
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Logging.AddEar(KnownSecrets.OfRun);
        Configure(builder);
    });

    /// <summary>What a derived fixture does with the database and the directory before this server starts on them; it may add to the settings.</summary>
    protected virtual Task BeforeStartAsync(Dictionary<string, string?> values) => Task.CompletedTask;

    /// <summary>What a derived fixture changes before the server is built.</summary>
    protected virtual void Configure(WebApplicationBuilder builder)
    {
    }

    public Browser NewBrowser() => new(Issuer);

    public Task<long> CountAsync(string table) => RowsAsync($"\"{table}\"");

    /// <summary>Makes a person's evidence of one kind end, as time would.</summary>
    public Task ExpireEvidenceAsync(string phone, string kind) => ExecuteAsync(
        $"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = '{kind}' AND \"SubjectId\" IN (SELECT \"Id\" FROM \"Persons\" WHERE \"PhoneMasked\" LIKE '%{phone[^4..]}')");

    /// <summary>The key of the account with that ID number, in the spelling of this database; names and numbers stand nowhere in the clear.</summary>
    public async Task<string> KeyOfAsync(string idNumber)
    {
        await using var scope = Services.CreateAsyncScope();
        var indexes = scope.ServiceProvider.GetRequiredService<PersonalData>().Indexes(Purposes.IdNumber, idNumber);
        var key = await scope.ServiceProvider.GetRequiredService<IdentityContext>().Persons.Where(p => indexes.Contains(p.IdNumberIndex)).Select(p => p.Id).SingleAsync();
        return this is SqliteIdentity ? key.ToString().ToUpperInvariant() : key.ToString();
    }

    /// <summary>Names of all persons, as the server reads them.</summary>
    public async Task<List<string>> NamesAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IdentityContext>().Persons.AsNoTracking().ToListAsync()).ConvertAll(p => p.Name);
    }

    /// <summary>Rows of a table under a condition.</summary>
    public async Task<long> RowsAsync(string from)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {from}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The first value that a query gives, as text.</summary>
    public async Task<string> ReadAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

public class SqliteIdentity : IdentityFixture
{
    protected override Task<(string Provider, string? ConnectionString)> DatabaseAsync() => Task.FromResult<(string, string?)>(("sqlite", null));

    public override (string Provider, string Source) Database => ("sqlite", Path.Combine(DataDirectory, "database.sqlite"));

    public override DbConnection Connect() => new SqliteConnection($"Data Source={Database.Source}");
}
