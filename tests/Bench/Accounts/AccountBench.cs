using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Accounts;

/// <summary>
/// Identity with few accounts and with many: importing, registering, asking a grade, signing in, grading everybody anew. <c>YINXIN_BENCH_ACCOUNTS</c> says how many (100,000 by default, 1,000,000 is the
/// aim); PostgreSQL when <c>YINXIN_BENCH_POSTGRES</c> holds a connection string without a database, else SQLite.
/// </summary>
internal static partial class AccountBench
{
    private const string Secret = "0123456789abcdef0123456789abcdef0123";
    private const string Password = "Lantern-orbit-47-Quill";
    private const int Few = 10_000;
    private const int Lookups = 4_000;
    private const int SignIns = 2_500;

    /// <summary>Of which the middle one counts: what else the machine does comes and goes.</summary>
    private const int Rounds = 5;
    private const int Warm = 4_000;
    private const int Registrations = 300;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var many = int.TryParse(Environment.GetEnvironmentVariable("YINXIN_BENCH_ACCOUNTS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 100_000;
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
        var postgres = Environment.GetEnvironmentVariable("YINXIN_BENCH_POSTGRES") is { Length: > 0 } server ? $"{server};Database=bench_{Guid.NewGuid():N}" : null;
        List<(string Key, string Value)> settings =
        [
            ("App:Address", address.ToString()), ("App:DataDirectory", workplace.DataDirectory), ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Addresses:Identity", address.ToString()),
            ("Clients:0:ClientId", "bench"), ("Clients:0:Type", "confidential"), ("Clients:0:Secret", Secret), ("Clients:0:DisplayName", "bench"),
            ("Clients:0:GrantTypes:0", "client_credentials"), ("Clients:0:Scopes:0", "identity.import"), ("Clients:0:Scopes:1", "identity.grade"), ("Clients:0:ImportSources:0", "bench"),
            ("SignIn:PasswordIterations", "1000"), ("Database:Provider", postgres is null ? "sqlite" : "postgres"),
        ];
        if (postgres is not null)
        {
            settings.Add(("Database:ConnectionString", postgres));
        }

        await using var load = await RegistrationLoad.StartAsync(address, workplace);
        settings.AddRange(load.Settings);
        await using var process = await TrustProcess.StartAsync("Yinxin.Identity.Server.dll", settings.Select(s => $"--{s.Key}={s.Value}"), new Uri(address, "health/ready"));
        var database = postgres ?? $"Data Source={Path.Combine(workplace.DataDirectory, "database.sqlite")}";
        using var bench = new Run(process, address, load, () => postgres is null ? new SqliteConnection(database) : new NpgsqlConnection(database));
        // Long enough for the runtime to have compiled its code for good: what it costs a server that has been up for a minute is asked, not what it costs one that starts.
        await bench.ImportAsync(0, Warm);
        await bench.MeasureAsync(Lookups, SignIns);
        await bench.RegisterAsync(Registrations);
        await bench.ReadyPolicyAsync();
        var importedFew = await bench.ImportAsync(Warm, Few - Warm);
        var few = await bench.MeasureAsync(Lookups, SignIns);
        var registeredFew = await bench.RegisterAsync(Registrations);
        var regradedFew = await bench.RegradeAsync(Run.WithoutCounter, dryRun: false);
        await bench.RegradeAsync(Run.Original, dryRun: false);
        var triedFew = await bench.RegradeAsync(Run.WithoutCounter, dryRun: true);
        var imported = await bench.ImportAsync(Few, many - Few);
        var lots = await bench.MeasureAsync(Lookups, SignIns);
        var registered = await bench.RegisterAsync(Registrations);
        var tried = await bench.RegradeAsync(Run.WithoutCounter, dryRun: true);
        var regraded = await bench.RegradeAsync(Run.WithoutCounter, dryRun: false);
        var engine = postgres is null ? "SQLite" : "PostgreSQL";
        var hash = HashMilliseconds();
        return
        [
            new($"import, first {Few:N0}, {engine}", importedFew, "1/s"),
            new($"import up to {many:N0}", imported, "1/s", imported / importedFew, "≥ 0.83"),
            new($"grade lookup, median at {Few:N0}", few.LookupMedian, "ms"),
            new($"grade lookup, median at {many:N0}", lots.LookupMedian, "ms", lots.LookupMedian / few.LookupMedian, "many ÷ few ≤ 1.2"),
            new($"grade lookup p99 at {Few:N0}", few.LookupP99, "ms", few.LookupP99 / few.IdleP99, "÷ p99 of an answer without work"),
            new($"grade lookup p99 at {many:N0}", lots.LookupP99, "ms", lots.LookupP99 / lots.IdleP99, "≤ 2 ms; ÷ p99 of an answer without work"),
            new("grade lookup p99, many ÷ few", lots.LookupP99, "ms", lots.LookupP99 / few.LookupP99),
            new($"grade lookup, processor at {Few:N0}", few.LookupProcessor, "ms", lots.LookupProcessor / few.LookupProcessor, "many ÷ few ≤ 1.2"),
            new($"sign-in without the hash, processor at {Few:N0}", few.SignInProcessor - hash, "ms"),
            new($"sign-in without the hash, processor at {many:N0}", lots.SignInProcessor - hash, "ms", (lots.SignInProcessor - hash) / (few.SignInProcessor - hash), "≤ 5 ms; many ÷ few ≤ 1.2"),
            new($"registration, processor at {Few:N0}", registeredFew.Processor, "ms"),
            new($"registration, processor at {many:N0}", registered.Processor, "ms", registered.Processor / registeredFew.Processor, "many ÷ few ≤ 1.2"),
            new($"registrations by the clock at {Few:N0}, {engine}", registeredFew.PerSecond, "1/s"),
            new($"registrations by the clock at {many:N0}, {engine}", registered.PerSecond, "1/s", registeredFew.PerSecond / registered.PerSecond, "few ÷ many"),
            new($"dry run over {Few:N0} accounts", triedFew, "1/s"),
            new($"dry run over {many:N0} accounts", tried, "1/s", triedFew / tried, "few ÷ many ≤ 1.2"),
            new($"re-grading of {Few:N0}, half of them lowered", regradedFew, "1/s"),
            new($"re-grading of {many:N0}, half of them lowered", regraded, "1/s", regradedFew / regraded, "few ÷ many ≤ 1.2"),
        ];
    }

    /// <summary>What the imported hash costs by itself, and the one of our own that takes its place.</summary>
    private static double HashMilliseconds()
    {
        const int times = 1000;
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        for (var i = 0; i < times; i++)
        {
            Rfc2898DeriveBytes.Pbkdf2(Password, new byte[16], 1000, HashAlgorithmName.SHA256, 32);
            Rfc2898DeriveBytes.Pbkdf2(Password, new byte[16], 1000, HashAlgorithmName.SHA512, 32);
        }

        self.Refresh();
        return (self.TotalProcessorTime - before).TotalMilliseconds / times;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();

    private sealed record Measured(double LookupMedian, double LookupP99, double IdleP99, double LookupProcessor, double SignInProcessor);

    private sealed class Run(ChildProcess process, Uri address, RegistrationLoad load, Func<DbConnection> connect) : IDisposable
    {
        /// <summary>Version of the policy that comes with the product.</summary>
        public const int Original = 1;

        /// <summary>Version of one in which a counter counts for nobody.</summary>
        public const int WithoutCounter = 2;

        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromHours(1) };
        private readonly HashSet<int> signedIn = [];
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
            await SettleAsync();
            var subjects = await SubjectsAsync(lookups);
            var token = await TokenAsync();
            var before = process.ProcessorTime;
            foreach (var subject in subjects)
            {
                await TimeAsync($"api/accounts/{subject}/grade", token);
            }

            var lookup = (process.ProcessorTime - before).TotalMilliseconds / lookups;
            // The waits in turn with those for an answer that takes no work at all: how much of a slow one is the machine's is seen by that.
            List<double> times = [], idle = [];
            foreach (var subject in subjects)
            {
                times.Add(await TimeAsync($"api/accounts/{subject}/grade", token));
                idle.Add(await TimeAsync("health/live", token));
            }

            List<double> rounds = [];
            for (var round = 0; round < Rounds; round++)
            {
                rounds.Add(await SignInManyAsync(signIns / Rounds));
            }

            Console.WriteLine("sign-ins, ms of the server's processor with the hash: " + string.Join(" ", rounds.Select(r => r.ToString("F1", CultureInfo.InvariantCulture))));
            return new Measured(Percentile(times, 0.5), Percentile(times, 0.99), Percentile(idle, 0.99), lookup, rounds.Order().ElementAt(Rounds / 2));
        }

        /// <returns>Milliseconds of the server's processor for one sign-in, its hash among them.</returns>
        private async Task<double> SignInManyAsync(int signIns)
        {
            // Each account once in the whole run: the first sign-in replaces the imported hash, as it does for real, and a second from another browser would send a message. Few accounts have many such else.
            var chosen = new List<int>(signIns);
            while (chosen.Count < signIns && signedIn.Count < accounts)
            {
                var account = Random.Shared.Next(accounts);
                if (signedIn.Add(account))
                {
                    chosen.Add(account);
                }
            }

            var before = process.ProcessorTime;
            // Some at once, as a server that is worth measuring has them: with one at a time its threads spin while they wait for the next.
            await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (account, _) => await SignInAsync(account));
            return (process.ProcessorTime - before).TotalMilliseconds / chosen.Count;
        }

        /// <summary>
        /// Waits until server and database have done what the import left them to do, five minutes at most: what a request costs is asked, not what it costs beside the import of a whole province.
        /// </summary>
        private async Task SettleAsync()
        {
            var watch = Stopwatch.StartNew();
            await using (var connection = connect())
            {
                await connection.OpenAsync();
                if (connection is NpgsqlConnection)
                {
                    // Which it does by itself some minutes later.
                    await ExecuteAsync(connection, "VACUUM (ANALYZE)");
                    await ExecuteAsync(connection, "CHECKPOINT");
                }
            }

            var start = process.ProcessorTime;
            for (var quiet = 0; quiet < 5 && watch.Elapsed < TimeSpan.FromMinutes(5);)
            {
                var before = process.ProcessorTime;
                await Task.Delay(1000);
                quiet = process.ProcessorTime - before < TimeSpan.FromMilliseconds(60) ? quiet + 1 : 0;
            }

            Console.WriteLine(FormattableString.Invariant($"settled in {watch.Elapsed.TotalSeconds:F0} s, {(process.ProcessorTime - start).TotalSeconds:F1} s of the server's processor"));
        }

        /// <returns>Milliseconds of the processor for one registration, all eight requests, with a hash as cheap as the sign-ins'; and how many there were in a second by the clock.</returns>
        public async Task<(double Processor, double PerSecond)> RegisterAsync(int count)
        {
            var (watch, before) = (Stopwatch.StartNew(), process.ProcessorTime);
            await load.RegisterAsync(count);
            return ((process.ProcessorTime - before).TotalMilliseconds / count, count / watch.Elapsed.TotalSeconds);
        }

        /// <summary>Enters the second policy.</summary>
        public async Task ReadyPolicyAsync()
        {
            await using var connection = connect();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT \"Document\" FROM \"AssurancePolicyVersions\" WHERE \"Version\" = 1";
            var former = (string)(await command.ExecuteScalarAsync())!;
            var document = former.Replace("[\"counter\", \"alipay-account\"", "[\"alipay-account\"", StringComparison.Ordinal);
            if (document == former)
            {
                throw new InvalidOperationException("The policy names its ways in another order.");
            }

            await ExecuteAsync(
                connection,
                "INSERT INTO \"AssurancePolicyVersions\" (\"Version\", \"Document\", \"Digest\", \"Note\", \"ProposedBy\", \"ProposedAt\") " +
                $"VALUES ({WithoutCounter}, '{document}', '{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(document)))}', 'bench', 'bench', '2026-01-01 00:00:00')");
        }

        /// <summary>Grades everybody by one version of the policy, entered where the API enters it.</summary>
        /// <returns>Accounts in a second.</returns>
        public async Task<double> RegradeAsync(int version, bool dryRun)
        {
            await using var connection = connect();
            await connection.OpenAsync();
            var id = Guid.NewGuid().ToString().ToUpperInvariant();
            var dry = (connection is SqliteConnection, dryRun) switch { (true, true) => "1", (true, false) => "0", (false, true) => "TRUE", _ => "FALSE" };
            await ExecuteAsync(
                connection,
                "INSERT INTO \"Regradings\" (\"Id\", \"PolicyVersion\", \"DryRun\", \"State\", \"Total\", \"Seen\", \"Raised\", \"Lowered\", \"Changes\", \"Examples\", \"StartedBy\", \"StartedAt\", \"Turn\") " +
                $"VALUES ('{id}', {version}, {dry}, 'Running', 0, 0, 0, 0, '{{}}', '[]', 'bench', '2026-01-01 00:00:00', 0)");
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

        private static double Percentile(List<double> times, double part) => times.Order().ElementAt((int)(times.Count * part));

        /// <returns>Milliseconds until the answer is there.</returns>
        private async Task<double> TimeAsync(string path, string token)
        {
            var watch = Stopwatch.StartNew();
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            return watch.Elapsed.TotalMilliseconds;
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
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }
    }
}
