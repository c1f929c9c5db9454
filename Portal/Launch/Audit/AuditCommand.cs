using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Yinxin.Launch.Platform;
using Yinxin.Launch.Up;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Bundles;

namespace Yinxin.Launch.Audit;

/// <summary><c>yinxin audit verify</c>: exit 0 everything holds, 1 something was edited or removed (it is named), 2 it cannot tell: something could not be looked at, and nobody said that it need not be, or a database did not answer to its end (the others are looked at all the same, and what was found before stays found).</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = PlatformArguments.Data();
        var database = PlatformArguments.Database();
        var connection = new Option<string[]>("--connection") { Description = "PostgreSQL connections with their databases; may be given several times.", AllowMultipleArgumentsPerToken = false };
        var bundle = new Option<string?>("--bundle") { Description = "Trust bundle whose timestamp authorities count; by default trust-bundle.json of the data directory." };
        var withoutBundle = new Option<bool>("--without-bundle") { Description = "Be content without knowing who made the timestamps." };
        var withoutHead = new Option<bool>("--without-head") { Description = "Be content without the end that the app noted outside its database." };
        var knownGap = new Option<string[]>("--known-gap") { Description = "A gap between two anchors, as the command names it (0-57), that somebody has looked into: the audit is older than its first anchor, the timestamp authority was away. May be given several times.", AllowMultipleArgumentsPerToken = false };
        var json = new Option<bool>("--json") { Description = "One JSON line for each database." };
        var verify = new Command("verify", "Verifies audit chains, their timestamps, the evidence of accounts, and mandates, without any server.") { data, database, connection, bundle, withoutBundle, withoutHead, knownGap, json };
        verify.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetValue(data)!, arguments.GetValue(database)!, arguments.GetValue(connection) ?? [], arguments.GetValue(bundle),
            [.. arguments.GetValue(withoutBundle) ? (string[])[AuditFinding.NoBundle] : [], .. arguments.GetValue(withoutHead) ? (string[])[AuditFinding.NoHead] : []],
            arguments.GetValue(knownGap) ?? [], arguments.GetValue(json), cancellationToken));
        return new Command("audit", "What an auditor asks of the records.") { verify };
    }

    private static async Task<int> RunAsync(
        string data, string provider, string[] connections, string? bundlePath, string[] notAsked, string[] knownGaps, bool json, CancellationToken cancellationToken)
    {
        (string Name, string Source)[] databases = provider == "sqlite"
            ? [.. Files(data).Select(file => (Path.GetFileName(Path.GetDirectoryName(file)!), file))]
            : [.. connections.Select(c => (new Npgsql.NpgsqlConnectionStringBuilder(c).Database ?? "", c))];
        if (databases.Length == 0)
        {
            throw new PlatformException("There is no database to verify: give --data, or --database postgres with --connection.", "没有找到数据库：请给出 --data，或 --database postgres 与 --connection。");
        }

        bundlePath ??= Bundle(data);
        var judge = new AuditJudge(bundlePath is null ? null : TrustBundle.Parse(await File.ReadAllBytesAsync(bundlePath, cancellationToken)));
        var (touched, unsure) = (false, false);
        List<PlatformException> lost = [];
        foreach (var (name, source) in databases)
        {
            var finding = await judge.JudgeAsync(name, provider, source, Head(data, provider, name, source), cancellationToken);
            touched |= finding.Faults.Any(f => !IsKnown(f, knownGaps));
            unsure |= finding.Lost is not null || finding.Unknown.Except(notAsked, StringComparer.Ordinal).Any();
            Write(finding, knownGaps, json);
            if (cancellationToken.IsCancellationRequested)
            {
                unsure = true;
                lost.Add(new PlatformException($"The run was broken off at {name}: nothing is said of what was not read.", $"核对在 {name} 处中止，未读部分不作结论。"));
                break;
            }

            if (finding.Lost is { } reason)
            {
                lost.Add(new PlatformException($"The database {name} did not answer to its end, and nothing is said of the rest of it: {reason}", $"数据库 {name} 未能读完，未读部分不作结论：{reason}"));
            }
        }

        WriteLost(lost);
        return touched ? 1 : unsure ? 2 : 0;
    }

    /// <summary>At the end, where nobody overlooks it.</summary>
    private static void WriteLost(List<PlatformException> lost)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        foreach (var loss in lost)
        {
            errors.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{loss.Message}[/]");
            errors.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{loss.Chinese}[/]");
        }
    }

    /// <summary>By both anchors: one that is taken away at either end makes another gap of it. One without an end is never known, for it grows.</summary>
    private static bool IsKnown(AuditFaultFound fault, string[] knownGaps) =>
        fault is { What: "anchor", Kind: AuditFaultFound.Gap } && !fault.Where.EndsWith('-') && knownGaps.Contains(fault.Where, StringComparer.Ordinal);

    /// <summary>Of a platform's data directory; where one app's database is given, of the platform that it lies in.</summary>
    private static string? Bundle(string data)
    {
        var directory = File.Exists(data) ? Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(data))) : data;
        return directory is not null && Path.Combine(directory, "trust-bundle.json") is var usual && File.Exists(usual) ? usual : null;
    }

    /// <summary>A database, or every app's below a platform's data directory.</summary>
    private static string[] Files(string data) => File.Exists(data) ? [Path.GetFullPath(data)]
        : Directory.Exists(data) ? [.. Directory.GetFiles(data, "database.sqlite", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Order(StringComparer.Ordinal).Select(Path.GetFullPath)]
        : [];

    /// <summary>Beside a database file; of a database elsewhere in the directory of its app, where the data directory is given.</summary>
    private static AuditHead? Head(string data, string provider, string name, string source)
    {
        try
        {
            return provider == "sqlite" ? AuditHead.Read(Path.Combine(Path.GetDirectoryName(source)!, AuditHead.FileName))
                : !Directory.Exists(data) ? null
                : Directory.GetFiles(data, AuditHead.FileName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
                    .Select(Readable).Where(h => h?.Database == name).MaxBy(h => h!.Sequence);
        }
        catch (InvalidDataException e)
        {
            throw new PlatformException($"The noted end of an audit cannot be read: {e.Message}", $"无法读取审计末端记录：{e.Message}");
        }
    }

    /// <summary>Whose it is cannot be told of a damaged one: it may be another app's, and the database that has none left is said to have none. Of several nodes the furthest counts.</summary>
    private static AuditHead? Readable(string path)
    {
        try
        {
            return AuditHead.Read(path);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Write(AuditFinding finding, string[] knownGaps, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(finding, JsonSerializerOptions.Web));
            return;
        }

        var evidence = finding.Evidence is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} evidence") : "";
        var mandates = finding.Mandates is { } steps ? string.Create(CultureInfo.InvariantCulture, $", {steps} of mandates") : "";
        var counts = string.Create(CultureInfo.InvariantCulture, $"{finding.Database}: {finding.Records} records, {finding.Anchors} anchors{evidence}{mandates}");
        AnsiConsole.MarkupLine((finding.Faults.Any(f => !IsKnown(f, knownGaps)) ? "[red]有改动 touched[/]  " : finding.Lost is not null || finding.Unknown.Count + finding.Faults.Count > 0 ? "[yellow]未能全部核对 partly looked at[/] " : "[green]完好 whole[/]    ") + Markup.Escape(counts));
        if (finding.Lost is not null)
        {
            AnsiConsole.MarkupLine("    [yellow]未能读完 not read to its end[/]");
        }

        foreach (var unknown in finding.Unknown)
        {
            AnsiConsole.MarkupLine("    [yellow]" + (unknown == AuditFinding.NoBundle
                ? "未给出信任包，无法核对时间戳由谁签发 no bundle: who made the timestamps is not known (--bundle FILE, or --without-bundle)"
                : "没有库外记录的末端，无法发现末尾的删除 no head: what was cut off at the end would not be seen (--data DIR, or --without-head)") + "[/]");
        }

        foreach (var fault in finding.Faults)
        {
            if (IsKnown(fault, knownGaps))
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    [yellow]{fault.What} {fault.Where}: {fault.Kind} 已知 known[/]");
                continue;
            }

            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"    [red]{fault.What} {fault.Where}: {fault.Kind}[/]");
        }
    }
}
