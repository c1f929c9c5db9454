using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Yinxin.Launch.Platform;
using Yinxin.Launch.Up;
using Yinxin.Trust.Bundles;

namespace Yinxin.Launch.Audit;

/// <summary><c>yinxin audit verify</c>: exit 0 everything holds, 1 something was edited or removed (it is named), 2 it could not be looked at.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = PlatformArguments.Data();
        var database = PlatformArguments.Database();
        var connection = new Option<string[]>("--connection") { Description = "PostgreSQL connections with their databases; may be given several times.", AllowMultipleArgumentsPerToken = false };
        var bundle = new Option<string?>("--bundle") { Description = "Trust bundle whose timestamp authorities count; by default trust-bundle.json of the data directory." };
        var json = new Option<bool>("--json") { Description = "One JSON line for each database." };
        var verify = new Command("verify", "Verifies audit chains, their timestamps, and the evidence of accounts, without any server.") { data, database, connection, bundle, json };
        verify.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetValue(data)!, arguments.GetValue(database)!, arguments.GetValue(connection) ?? [], arguments.GetValue(bundle), arguments.GetValue(json), cancellationToken));
        return new Command("audit", "What an auditor asks of the records.") { verify };
    }

    private static async Task<int> RunAsync(string data, string provider, string[] connections, string? bundlePath, bool json, CancellationToken cancellationToken)
    {
        (string Name, string Source)[] databases = provider == "sqlite"
            ? [.. Files(data).Select(file => (Path.GetFileName(Path.GetDirectoryName(file)!), file))]
            : [.. connections.Select(c => (new Npgsql.NpgsqlConnectionStringBuilder(c).Database ?? "", c))];
        if (databases.Length == 0)
        {
            throw new PlatformException("There is no database to verify: give --data, or --database postgres with --connection.", "没有找到数据库：请给出 --data，或 --database postgres 与 --connection。");
        }

        bundlePath ??= Path.Combine(data, "trust-bundle.json") is var usual && File.Exists(usual) ? usual : null;
        var judge = new AuditJudge(bundlePath is null ? null : TrustBundle.Parse(await File.ReadAllBytesAsync(bundlePath, cancellationToken)));
        var whole = true;
        foreach (var (name, source) in databases)
        {
            var finding = await judge.JudgeAsync(name, provider, source, cancellationToken);
            whole &= finding.Faults.Count == 0;
            Write(finding, json);
        }

        return whole ? 0 : 1;
    }

    /// <summary>A database, or every app's below a platform's data directory.</summary>
    private static string[] Files(string data) => File.Exists(data) ? [Path.GetFullPath(data)]
        : Directory.Exists(data) ? [.. Directory.GetFiles(data, "database.sqlite", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Order(StringComparer.Ordinal).Select(Path.GetFullPath)]
        : [];

    private static void Write(AuditFinding finding, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(finding, JsonSerializerOptions.Web));
            return;
        }

        var evidence = finding.Evidence is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} evidence") : "";
        var counts = string.Create(CultureInfo.InvariantCulture, $"{finding.Database}: {finding.Records} records, {finding.Anchors} anchors{evidence}");
        AnsiConsole.MarkupLine((finding.Faults.Count == 0 ? "[green]完好 whole[/]    " : "[red]有改动 touched[/]  ") + Markup.Escape(counts));
        foreach (var fault in finding.Faults)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    [red]{fault.What} {fault.Where}: {fault.Kind}[/]");
        }
    }
}
