using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The same server on a PostgreSQL of its own, in a private directory, on a free port of loopback.</summary>
public class PostgresIdentity : IdentityFixture
{
    private readonly string cluster = Directory.CreateTempSubdirectory("yinxin-postgres-").FullName;
    private string connection = "";
    private NpgsqlDataSource? own;

    /// <summary>Untraced: a test's own statement may name somebody, and another test listens to all that this process says.</summary>
    public override DbConnection Connect() => own!.CreateConnection();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (own is not null)
        {
            await own.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        Run($"pg_ctl -D {cluster}/data -m immediate stop");
        Directory.Delete(cluster, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override Task<(string Provider, string? ConnectionString)> DatabaseAsync()
    {
        var port = FreePort.Next();
        if (Environment.UserName == "root")
        {
            // PostgreSQL refuses to run as root.
            Execute("chown", ["-R", "postgres", cluster]);
        }

        Run($"initdb -D {cluster}/data -U yinxin --auth=trust --no-sync");
        Run(string.Create(CultureInfo.InvariantCulture, $"pg_ctl -D {cluster}/data -w -l {cluster}/log -o '-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off' start"));
        connection = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=yinxin;Database=postgres");
        var untraced = new NpgsqlDataSourceBuilder(connection);
        untraced.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        own = untraced.Build();
        return Task.FromResult<(string, string?)>(("postgres", connection));
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
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = false, RedirectStandardError = false })!;
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)) || process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
        }
    }
}
