using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Yinxin.Launch.Audit;
using Yinxin.Launch.Demo;
using Yinxin.Launch.Platform;
using Yinxin.Launch.Up;

var root = new RootCommand("印信 Yinxin: identity, seals and licences of a government-service platform.") { UpCommand.Create(), DemoCommand.Create(), AuditCommand.Create() };
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (PlatformException e)
{
    AnsiConsole.Profile.Out = new AnsiConsoleOutput(Console.Error);
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{e.Message}[/]");
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{e.Chinese}[/]");
    return 2;
}
