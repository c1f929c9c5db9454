using System.Diagnostics;

namespace Yinxin.Testing;

/// <summary>A PostgreSQL server of its own: private directory, free port of loopback, gone with the tests. It needs the Debian package postgresql.</summary>
public sealed class PostgresCluster : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-postgres-").FullName;

    private PostgresCluster(int port) => Connection = FormattableString.Invariant($"Host=127.0.0.1;Port={port};Username=yinxin");

    /// <summary>Connection without a database.</summary>
    public string Connection { get; }

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
        Run(FormattableString.Invariant(
            $"pg_ctl -D {cluster.directory}/data -w -l {cluster.directory}/log -o '-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=300' start"));
        return cluster;
    }

    public void Dispose()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        Run($"pg_ctl -D {directory}/data -m immediate stop");
        Directory.Delete(directory, recursive: true);
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
