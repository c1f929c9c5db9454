using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Xunit;

namespace Yinxin.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own: private directory, free port of loopback, no fsync; gone when they end.
/// Meant as an assembly fixture; each suite takes a database of its own with <see cref="CreateDatabaseAsync"/>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Binaries = "/usr/lib/postgresql";
    private static readonly bool IsRoot = Environment.UserName == "root";
    private readonly string cluster = Directory.CreateTempSubdirectory("yinxin-postgres-").FullName;
    private readonly int port = FreePort.Next();
    private int databases;

    public async ValueTask InitializeAsync()
    {
        if (IsRoot)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", ["postgres", cluster]);
        }

        await RunAsPostgresAsync("initdb", ["-D", $"{cluster}/data", "-U", "yinxin", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200");
        await RunAsPostgresAsync("pg_ctl", ["-D", $"{cluster}/data", "-w", "-l", $"{cluster}/log", "-o", options, "start"]);
    }

    /// <summary>A new empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await using var connection = new NpgsqlConnection(Connection("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return Connection(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists($"{cluster}/data/postmaster.pid"))
        {
            await RunAsPostgresAsync("pg_ctl", ["-D", $"{cluster}/data", "-m", "immediate", "-w", "stop"]);
        }

        Directory.Delete(cluster, recursive: true);
    }

    private string Connection(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "yinxin", Database = database, IncludeErrorDetail = true }.ToString();

    private static Task RunAsPostgresAsync(string program, string[] arguments)
    {
        var path = Directory.Exists(Binaries)
            ? Directory.GetDirectories(Binaries).OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin", program)).FirstOrDefault(File.Exists)
            : null;
        path = path ?? throw new InvalidOperationException($"{program} lies in no {Binaries}/*/bin: install the Debian package postgresql (tests/prepare does).");
        return IsRoot ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    /// <summary>The server inherits what its starter writes to, so nothing is read from a pipe here: the reading would end with the server.</summary>
    private static async Task RunAsync(string program, string[] arguments)
    {
        var quoted = string.Join(' ', arguments.Select(a => $"'{a}'"));
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {program} {quoted} >/dev/null"]) { WorkingDirectory = "/", UseShellExecute = false })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {quoted} ended with {process.ExitCode}.");
        }
    }
}
