using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Accounts;

/// <summary>
/// Identity with few accounts and with many: importing, asking a grade, signing in, grading everybody anew. <c>YINXIN_BENCH_ACCOUNTS</c> says how many (100,000 by default, 1,000,000 is the
/// aim); PostgreSQL when <c>YINXIN_BENCH_POSTGRES</c> holds a connection string without a database, else SQLite.
/// </summary>
internal static partial class AccountBench
{
    private const string Secret = "0123456789abcdef0123456789abcdef0123";
    private const string Password = "Lantern-orbit-47-Quill";
    private const int Few = 10_000;
    private const int Lookups = 4_000;
    private const int SignIns = 1_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var many = int.TryParse(Environment.GetEnvironmentVariable("YINXIN_BENCH_ACCOUNTS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 100_000;
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
        var postgres = Environment.GetEnvironmentVariable("YINXIN_BENCH_POSTGRES") is { Length: > 0 } server ? $"{server};Database=bench_{Guid.NewGuid():N}" : null;
        List<(string Key, string Value)> settings =
        [
            ("App:Address", address.ToString()), ("App:DataDirectory", workplace.DataDirectory), ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Addresses:Identity", address.ToString()),
            ("Clients:0:ClientId", "bench"), ("Clients:0:Type", "confidential"), ("Clients:0:Secret", Secret), ("Clients:0:DisplayName", "bench"),
            ("Clients:0:GrantTypes:0", "client_credentials"), ("Clients:0:Scopes:0", "identity.import"), ("Clients:0:Scopes:1", "identity.grade"),
            ("SignIn:PasswordIterations", "1000"), ("Database:Provider", postgres is null ? "sqlite" : "postgres"),
        ];
        if (postgres is not null)
        {
            settings.Add(("Database:ConnectionString", postgres));
        }

        await using var process = await TrustProcess.StartAsync("Yinxin.Identity.Server.dll", settings.Select(s => $"--{s.Key}={s.Value}"), new Uri(address, "health/ready"));
        var database = postgres ?? $"Data Source={Path.Combine(workplace.DataDirectory, "database.sqlite")}";
        using var bench = new Run(process, address, () => postgres is null ? new SqliteConnection(database) : new NpgsqlConnection(database));
        await bench.ImportAsync(0, 1_000);
        await bench.MeasureAsync(500, 200);
        var importedFew = await bench.ImportAsync(1_000, Few - 1_000);
        var few = await bench.MeasureAsync(Lookups, SignIns);
        var imported = await bench.ImportAsync(Few, many - Few);
        var lots = await bench.MeasureAsync(Lookups, SignIns);
        var regraded = await bench.RegradeAsync();
        var engine = postgres is null ? "SQLite" : "PostgreSQL";
        var hash = HashMilliseconds();
        return
        [
            new($"import, first {Few:N0}, {engine}", importedFew, "1/s"),
            new($"import up to {many:N0}", imported, "1/s", imported / importedFew, "≥ 0.83"),
            new($"grade lookup p99 at {Few:N0}", few.LookupP99, "ms"),
            new($"grade lookup p99 at {many:N0}", lots.LookupP99, "ms", null, "≤ 2"),
            new($"grade lookup, processor at {Few:N0}", few.LookupProcessor, "ms", lots.LookupProcessor / few.LookupProcessor, "many ÷ few ≤ 1.2"),
            new($"sign-in without the hash, processor at {Few:N0}", few.SignInProcessor - hash, "ms"),
            new($"sign-in without the hash, processor at {many:N0}", lots.SignInProcessor - hash, "ms", (lots.SignInProcessor - hash) / (few.SignInProcessor - hash), "≤ 5 ms; many ÷ few ≤ 1.2"),
            new($"dry run over {many:N0} accounts", regraded, "1/s"),
        ];
    }

    /// <summary>What the imported hash costs by itself.</summary>
    private static double HashMilliseconds()
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 200; i++)
        {
            System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(Password, new byte[16], 1000, System.Security.Cryptography.HashAlgorithmName.SHA256, 32);
        }

        return watch.Elapsed.TotalMilliseconds / 200;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();

    private sealed record Measured(double LookupP99, double LookupProcessor, double SignInProcessor);

    private sealed class Run(ChildProcess process, Uri address, Func<DbConnection> connect) : IDisposable
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromHours(1) };
        private int accounts;

        public void Dispose() => http.Dispose();

        public async Task<double> ImportAsync(int first, int count)
        {
            var watch = Stopwatch.StartNew();
            using var request = new HttpRequestMessage(HttpMethod.Put, $"api/imports/{Guid.NewGuid()}?source=bench") { Content = new AccountRows(first, count) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            if (!response.IsSuccessStatusCode || answer.GetProperty("created").GetInt32() != count)
            {
                throw new InvalidOperationException(answer.ToString());
            }

            accounts = first + count;
            return count / watch.Elapsed.TotalSeconds;
        }

        public async Task<Measured> MeasureAsync(int lookups, int signIns)
        {
            var subjects = await SubjectsAsync(lookups);
            var token = await TokenAsync();
            var times = new List<double>(lookups);
            var before = process.ProcessorTime;
            foreach (var subject in subjects)
            {
                var watch = Stopwatch.StartNew();
                using var request = new HttpRequestMessage(HttpMethod.Get, $"api/accounts/{subject}/grade");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var response = await http.SendAsync(request);
                response.EnsureSuccessStatusCode();
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            var lookup = (process.ProcessorTime - before).TotalMilliseconds / lookups;
            // Each account once: the first sign-in replaces the imported hash, as it does for real.
            var chosen = Enumerable.Range(0, signIns).Select(_ => Random.Shared.Next(accounts)).Distinct().ToList();
            before = process.ProcessorTime;
            foreach (var account in chosen)
            {
                await SignInAsync(account);
            }

            return new Measured(times.Order().ElementAt((int)(times.Count * 0.99)), lookup, (process.ProcessorTime - before).TotalMilliseconds / chosen.Count);
        }

        /// <summary>A dry run of the policy in force, entered where the API enters it.</summary>
        public async Task<double> RegradeAsync()
        {
            await using var connection = connect();
            await connection.OpenAsync();
            var id = Guid.NewGuid().ToString().ToUpperInvariant();
            await ExecuteAsync(
                connection,
                "INSERT INTO \"Regradings\" (\"Id\", \"PolicyVersion\", \"DryRun\", \"State\", \"Total\", \"Seen\", \"Raised\", \"Lowered\", \"Changes\", \"Examples\", \"StartedBy\", \"StartedAt\", \"Turn\") " +
                $"VALUES ('{id}', 1, {(connection is SqliteConnection ? "1" : "TRUE")}, 'Running', 0, 0, 0, 0, '{{}}', '[]', 'bench', '2026-01-01 00:00:00', 0)");
            var watch = Stopwatch.StartNew();
            while (true)
            {
                await Task.Delay(200);
                await using var command = connection.CreateCommand();
                command.CommandText = $"SELECT \"Seen\" FROM \"Regradings\" WHERE \"Id\" = '{id}' AND \"State\" = 'Done'";
                if (await command.ExecuteScalarAsync() is { } seen)
                {
                    return Convert.ToInt64(seen, CultureInfo.InvariantCulture) / watch.Elapsed.TotalSeconds;
                }
            }
        }

        private async Task SignInAsync(int account)
        {
            using var page = await http.GetAsync(new Uri("sign-in", UriKind.Relative));
            var token = FormToken().Match(await page.Content.ReadAsStringAsync()).Groups["token"].Value;
            using var request = new HttpRequestMessage(HttpMethod.Post, "sign-in")
            {
                Content = new FormUrlEncodedContent([new("Name", AccountRows.IdNumber(account)), new("Password", Password), new("__RequestVerificationToken", token)]),
            };
            request.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
            using var answer = await http.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.Found)
            {
                throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            }
        }

        private async Task<string> TokenAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "connect/token")
            {
                Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "bench"), new("client_secret", Secret)]),
            };
            using var response = await http.SendAsync(request);
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        }

        private async Task<IReadOnlyList<string>> SubjectsAsync(int count)
        {
            await using var connection = connect();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT \"Id\" FROM \"Persons\" ORDER BY RANDOM() LIMIT " + count.ToString(CultureInfo.InvariantCulture);
            var subjects = new List<string>(count);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                subjects.Add(reader.GetValue(0).ToString()!);
            }

            return subjects;
        }

        private static async Task ExecuteAsync(DbConnection connection, string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
