using System.CommandLine;
using Yinxin.Trust.Ceremonies.Steps;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>rotate</c>: a new generation of a root, with cross-certificates both ways.</summary>
internal static class RotateCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var suite = new Option<string>("--suite") { Required = true, Description = "sm 或 international / which root" };
        suite.AcceptOnlyFromAmong("sm", "international");
        var shares = CeremonyCommands.Shares();
        var by = CeremonyCommands.By();
        var command = new Command("rotate", "更换一套根密钥，新旧互签 / a new root of a suite, cross-certified both ways; the old one stays trusted until its end; exit 0 done, 1 refused") { directory, suite, shares, by };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output => CeremonyCommands.Sit(
            output, time, (parsed.GetRequiredValue(directory), parsed.GetRequiredValue(shares), parsed.GetValue(by)),
            (_, sitting) => Rotation.Rotate(sitting, parsed.GetRequiredValue(suite) == "sm" ? SignatureSuite.Sm : SignatureSuite.International))));
        return command;
    }
}
