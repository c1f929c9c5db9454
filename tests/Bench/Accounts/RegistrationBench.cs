using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Yinxin.Bench.Authorities;
using Yinxin.Testing;

namespace Yinxin.Bench.Accounts;

/// <summary>What a registration costs on a server without accounts, with the hash of the product; with ten thousand and a million: <see cref="AccountBench"/>. The password's hash is measured apart: it is slow on purpose.</summary>
internal static class RegistrationBench
{
    private const string Password = "Lantern-orbit-47-Quill";
    private const int WarmUp = 40;
    private const int People = 400;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var identity = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
        await using var load = await RegistrationLoad.StartAsync(identity, workplace);
        (string Key, string Value)[] settings =
        [
            .. load.Settings, ("Addresses:Identity", identity.ToString()), ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Database:Provider", "sqlite"), ("App:Address", identity.ToString()),
            ("App:DataDirectory", Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "identity")).FullName),
        ];
        await using var process = await TrustProcess.StartAsync("Yinxin.Identity.Server.dll", settings.Select(s => $"--{s.Key}={s.Value}"), new Uri(identity, "health/ready"));
        await load.RegisterAsync(WarmUp);
        var before = process.ProcessorTime;
        var watch = Stopwatch.StartNew();
        await load.RegisterAsync(People);
        var (elapsed, processor) = (watch.Elapsed, (process.ProcessorTime - before).TotalMilliseconds / People);
        var rounds = MeasuredRounds(Path.Combine(workplace.DataDirectory, "identity", "database.sqlite"));
        var hash = HashMilliseconds(rounds);
        return
        [
            new("registrations by the clock, two at a time", People / elapsed.TotalSeconds, "1/s"),
            new("registration, processor, all eight requests", processor, "ms"),
            new("of which the password's hash", hash, "ms"),
            new("rounds of that hash, as the server measured them at its start", rounds, "rounds"),
            new("registration without the hash, one core", 1000 / (processor - hash), "1/s"),
        ];
    }

    private static int MeasuredRounds(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT MAX(\"Rounds\") FROM \"PasswordCosts\"";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>PBKDF2-SHA-512 with the cost that the server has set, two at a time like the registrations: two threads of one core take longer for it than one alone.</summary>
    private static double HashMilliseconds(int rounds)
    {
        const int tries = 10;
        var watch = Stopwatch.StartNew();
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
        {
            for (var i = 0; i < tries; i++)
            {
                Rfc2898DeriveBytes.Pbkdf2(Password, new byte[16], rounds, HashAlgorithmName.SHA512, 32);
            }
        });

        return watch.Elapsed.TotalMilliseconds / tries;
    }
}
