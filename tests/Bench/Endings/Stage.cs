using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Endings;

/// <summary>
/// Identity, two APIs and an app, each in a process of its own, and the authorities beside them. PostgreSQL when <c>YINXIN_BENCH_POSTGRES</c> holds a connection string without a
/// database, else SQLite.
/// </summary>
internal sealed partial class Stage : IAsyncDisposable
{
    public const string Official = "security";
    private const int Apis = 2;
    private const string Password = "Lantern-orbit-47-Quill";
    private const string OfficialsPassword = "password-security";
    private readonly List<ChildProcess> processes = [];
    private readonly ConcurrentBag<Visitor> visitors = [];
    private readonly Func<DbConnection> connect;

    private Stage(Uri identity, Outside outside, Func<DbConnection> connect)
    {
        (Identity, Outside) = (identity, outside);
        this.connect = connect;
        App = NewAddress();
    }

    public Uri Identity { get; }

    public Uri App { get; }

    public Outside Outside { get; }

    /// <summary>Of the two APIs.</summary>
    public List<HttpClient> ApiClients { get; } = [];

    public ChildProcess IdentityProcess => processes[0];

    public static async Task<Stage> StartAsync(Workplace workplace)
    {
        var identity = NewAddress();
        var directory = Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "identity")).FullName;
        var postgres = Environment.GetEnvironmentVariable("YINXIN_BENCH_POSTGRES") is { Length: > 0 } server ? $"{server};Database=bench_{Guid.NewGuid():N}" : null;
        var database = postgres ?? $"Data Source={Path.Combine(directory, "database.sqlite")}";
        var outside = await Outside.StartAsync(identity, workplace);
        var stage = new Stage(identity, outside, () => postgres is null ? new SqliteConnection(database) : new NpgsqlConnection(database));
        try
        {
            List<(string Key, string Value)> settings =
            [
                ("App:Address", identity.ToString()), ("App:DataDirectory", directory), ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Addresses:Identity", identity.ToString()),
                ("Database:Provider", postgres is null ? "sqlite" : "postgres"), .. outside.Settings, .. Patience, .. Clients(stage.App), .. OfficialAccount,
            ];
            if (postgres is not null)
            {
                settings.Add(("Database:ConnectionString", postgres));
            }

            stage.processes.Add(await TrustProcess.StartAsync("Yinxin.Identity.Server.dll", settings.Select(s => $"--{s.Key}={s.Value}"), new Uri(identity, "health/ready")));
            await stage.StartFollowerAsync(FollowingServer.App, stage.App, workplace);
            for (var number = 0; number < Apis; number++)
            {
                var address = NewAddress();
                await stage.StartFollowerAsync(FollowingServer.Api, address, workplace);
                stage.ApiClients.Add(new HttpClient { BaseAddress = address });
            }

            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Somebody with an account, signed in.</summary>
    public async Task<Visitor> RegisterAsync(Person person)
    {
        var visitor = NewVisitor();
        await visitor.SubmitAsync("/register", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity));
        await visitor.SubmitAsync("/register/phone", ("Phone", person.Phone));
        await visitor.SubmitAsync("/register/code", ("Code", await Outside.CodeAsync(person.Phone)));
        await visitor.SubmitAsync("/register/check", ("Password", Password), ("PasswordAgain", Password), ("Agreement", "true"));
        return visitor;
    }

    /// <summary>Raises somebody to Intermediate.</summary>
    public static Task RaiseAsync(Visitor visitor, Person person) => visitor.SubmitAsync("/account/raise/bank-card", ("CardNumber", person.BankCard));

    /// <summary>Registers an organisation for its legal representative.</summary>
    /// <returns>Its key.</returns>
    public static async Task<string> RegisterAsync(Visitor representative, Company company)
    {
        await representative.SubmitAsync("/account/organisations/new", ("Uscc", company.Uscc), ("Name", company.Name));
        return AgentsOf().Match(await representative.ReadAsync("/account/organisations")).Groups["id"].Value;
    }

    /// <summary>Signs in from a browser that has not been here.</summary>
    public async Task<Visitor> SignInAsync(Person person)
    {
        var visitor = NewVisitor();
        await visitor.SubmitAsync("/sign-in", ("Name", person.IdNumber), ("Password", Password));
        return visitor;
    }

    public async Task<Visitor> SignInOfficialAsync()
    {
        var visitor = NewVisitor();
        await visitor.SubmitAsync("/sign-in", ("Name", Official), ("Password", OfficialsPassword));
        return visitor;
    }

    /// <summary>Under which number the card network answered about somebody.</summary>
    public async Task<string> ReceiptAsync(string account)
    {
        await using var connection = connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'unionpay-card' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{account}' ORDER BY \"Place\" DESC LIMIT 1";
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) is { Length: > 0 } receipt
            ? receipt
            : throw new InvalidOperationException("The card network's answer has no number.");
    }

    /// <summary>How often all APIs have asked the feed so far.</summary>
    public async Task<int> QuestionsAsync()
    {
        var sum = 0;
        foreach (var api in ApiClients)
        {
            sum += int.Parse(await api.GetStringAsync(new Uri(FollowingServer.QuestionsPath, UriKind.Relative)), CultureInfo.InvariantCulture);
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in visitors)
        {
            visitor.Dispose();
        }

        foreach (var client in ApiClients)
        {
            client.Dispose();
        }

        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        await Outside.DisposeAsync();
    }

    /// <summary>Many people come from one address here, and a hash is not what is measured.</summary>
    private static (string Key, string Value)[] Patience =>
    [
        ("SignIn:PasswordIterations", "1000"), ("PhoneCodes:SecondsBetween", "0"), ("PhoneCodes:PerAddressAndHour", "10000"), ("PhoneCodes:PerPhoneAndDay", "1000"), ("PhoneCodes:PerAccountAndDay", "1000"),
        ("Challenge:PerMinute", "1000000"), ("Challenge:FailuresPerAddress", "1000000"), ("Challenge:ChecksPerAddress", "1000000"), ("Challenge:MessagesPerAddress", "1000000"),
    ];

    private static (string Key, string Value)[] OfficialAccount =>
    [
        ("Officials:RequireSecondFactor", "false"), ("SampleAccounts:0:Kind", "staff"), ("SampleAccounts:0:SignInName", Official), ("SampleAccounts:0:Password", OfficialsPassword),
        ("SampleAccounts:0:Name", "官样例"), ("SampleAccounts:0:Roles", "security-administrator"), ("SampleAccounts:0:Department:Uscc", "11349900MB0000051U"),
        ("SampleAccounts:0:Department:Name", "样例市数据资源管理局"),
    ];

    private static (string Key, string Value)[] Clients(Uri app) =>
    [
        .. Client(0, FollowingServer.App, "openid profile offline_access license.read identity.endings", "authorization_code refresh_token client_credentials"),
        ("Clients:0:RedirectUris:0", new Uri(app, "signin-oidc").ToString()), ("Clients:0:PostLogoutRedirectUris:0", new Uri(app, "signout-callback-oidc").ToString()),
        .. Client(1, FollowingServer.Api, "identity.endings", "client_credentials"),
    ];

    private static (string Key, string Value)[] Client(int number, string kind, string scopes, string grants)
    {
        var prefix = FormattableString.Invariant($"Clients:{number}:");
        return
        [
            (prefix + "ClientId", FollowingServer.ClientOf(kind)), (prefix + "DisplayName", FollowingServer.ClientOf(kind)), (prefix + "Type", "confidential"), (prefix + "Secret", FollowingServer.Secret),
            (prefix + "FirstParty", "true"), .. scopes.Split(' ').Select((scope, i) => (FormattableString.Invariant($"{prefix}Scopes:{i}"), scope)),
            .. grants.Split(' ').Select((grant, i) => (FormattableString.Invariant($"{prefix}GrantTypes:{i}"), grant)),
        ];
    }

    private static Uri NewAddress() => new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));

    private async Task StartFollowerAsync(string kind, Uri address, Workplace workplace)
    {
        var directory = Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, $"{kind}-{TrustProcess.Port(address)}")).FullName;
        processes.Add(await TrustProcess.StartAsync(
            "Yinxin.Bench.dll", ["peer-following", kind, address.ToString(), Identity.ToString(), directory], new Uri(address, "health/ready")));
    }

    private Visitor NewVisitor()
    {
        var visitor = new Visitor(Identity);
        visitors.Add(visitor);
        return visitor;
    }

    [GeneratedRegex("/account/organisations/(?<id>[0-9a-f-]{36})/agents", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AgentsOf();
}
