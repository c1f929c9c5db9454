using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Yinxin.Launch.Platform;
using Yinxin.Launch.Up;

namespace Yinxin.Launch.Demo;

/// <summary><c>yinxin demo</c>: the whole chain over real HTTP against a fresh platform.</summary>
internal static class DemoCommand
{
    private const int DemoPort = 7300;

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Directory for the licence and its reports.", DefaultValueFactory = _ => "./artifacts/demo" };
        var port = new Option<int>("--port") { Description = "First of nine consecutive ports.", DefaultValueFactory = _ => DemoPort };
        var database = PlatformArguments.Database();
        var connection = PlatformArguments.Connection();
        var command = new Command("demo", "Walk the whole chain over HTTP against a fresh platform.") { output, port, database, connection };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            Path.GetFullPath(arguments.GetValue(output)!),
            new PlatformOptions
            {
                DataDirectory = "",
                BasePort = arguments.GetValue(port),
                DatabaseProvider = arguments.GetValue(database)!,
                Connection = arguments.GetValue(connection),
                DatabasePrefix = "yinxin_demo_" + Guid.NewGuid().ToString("N")[..8],
                DemoClient = true,
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string output, PlatformOptions options, CancellationToken cancellationToken)
    {
        var whole = Stopwatch.StartNew();
        var data = Directory.CreateTempSubdirectory("yinxin-demo-");
        try
        {
            await using var platform = await RunningPlatform.StartAsync(options with { DataDirectory = data.FullName }, cancellationToken);
            Tell("启动全新平台 · start a fresh platform", platform.StartedIn);
            await new DemoRun(platform, data.FullName, output, Tell).RunAsync();
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold green]完成 done[/] in {whole.Elapsed.TotalSeconds:0.0} s · {output}");
            return 0;
        }
        catch (DemoException e)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]✘[/] {e.Message}");
            return 1;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static void Tell(string step, TimeSpan time) =>
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✔[/] {step} [grey]{time.TotalMilliseconds:0} ms[/]");
}
