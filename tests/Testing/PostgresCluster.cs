using System.Diagnostics;
using Npgsql;

namespace Yinxin.Testing;

/// <summary>A PostgreSQL server of the tests' own: private directory, free port of loopback, gone with the tests. It needs the Debian package postgresql.</summary>
public sealed class PostgresCluster : IDisposable
{
    /// <summary>
    /// Nothing outlives the tests, so nothing is written through, and a crash of the machine may take it. No compiled queries: on tables that were never analysed they cost more than they give.
    /// Connections for every fixture of a process, each of which leaves some idle in its pools; and workers that clean up seldom come to so many databases.
    /// </summary>
    private const string Settings =
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 " +
        "-c jit=off -c autovacuum_naptime=5min -c max_connections=600 -c shared_buffers=256MB";

    private static readonly Lazy<PostgresCluster> OfProcess = new(StartForProcess);
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-postgres-").FullName;

    private PostgresCluster(int port) => Connection = FormattableString.Invariant($"Host=127.0.0.1;Port={port};Username=yinxin");

    /// <summary>
    /// The one of this process: making and starting one costs seconds. It ends with the process, and nobody else disposes of it;
    /// each fixture has databases with names that no other has, and looks at nothing but them.
    /// </summary>
    public static PostgresCluster Shared => OfProcess.Value;

    /// <summary>Connection without a database.</summary>
    public string Connection { get; }

    /// <summary>One more server, for tests that look at all that goes on in it.</summary>
    public static PostgresCluster Start()
    {
        var port = FreePort.Next();
        var cluster = new PostgresCluster(port);
        if (Environment.UserName == "root")
        {
            // PostgreSQL refuses to run as root.
            Execute("chown", ["-R", "postgres", cluster.directory]);
        }

        Run($"initdb -D {cluster.directory}/data -U yinxin --auth=trust --no-sync");
        Run(FormattableString.Invariant($"pg_ctl -D {cluster.directory}/data -w -l {cluster.directory}/log -o '-p {port} {Settings}' start"));
        return cluster;
    }

    /// <summary>A fresh, empty database that nobody else has.</summary>
    /// <param name="kind">What its name begins with: a word in lower case.</param>
    /// <returns>A connection to it.</returns>
    public async Task<string> CreateAsync(string kind)
    {
        var name = $"{kind}_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(Connection + ";Database=postgres;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return $"{Connection};Database={name}";
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        Run($"pg_ctl -D {directory}/data -m immediate stop");
        Directory.Delete(directory, recursive: true);
    }

    private static PostgresCluster StartForProcess()
    {
        var cluster = Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.Dispose();
        return cluster;
    }

    private static void Run(string command)
    {
        const string path = "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1); cd /; exec >/dev/null; ";
        if (Environment.UserName == "root")
        {
            Execute("runuser", ["-u", "postgres", "--", "sh", "-c", path + command]);
        }
        else
        {
            Execute("sh", ["-c", path + command]);
        }
    }

    private static void Execute(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed; is the Debian package postgresql installed?");
        }
    }
}
