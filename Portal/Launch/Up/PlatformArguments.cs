using System.CommandLine;
using Yinxin.Launch.Platform;

namespace Yinxin.Launch.Up;

/// <summary>Options that several commands share.</summary>
internal static class PlatformArguments
{
    public static Option<string> Data(string fallback = "./data") =>
        new("--data") { Description = "Directory for databases, keys and files.", DefaultValueFactory = _ => fallback };

    public static Option<int> Port() =>
        new("--port") { Description = "First of nine consecutive ports.", DefaultValueFactory = _ => PlatformOptions.DefaultPort };

    public static Option<string> Database()
    {
        var option = new Option<string>("--database") { Description = "sqlite or postgres.", DefaultValueFactory = _ => "sqlite" };
        option.AcceptOnlyFromAmong("sqlite", "postgres");
        return option;
    }

    public static Option<string?> Connection() =>
        new("--connection") { Description = "PostgreSQL connection without a database, e.g. \"Host=127.0.0.1;Username=yinxin;Password=…\"." };
}
