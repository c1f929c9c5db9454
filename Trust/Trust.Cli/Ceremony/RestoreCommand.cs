using System.CommandLine;
using Yinxin.Trust.Ceremonies.Steps;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>restore</c>: a ceremony's directory out of a backup and its shares.</summary>
internal static class RestoreCommand
{
    public static Command Create(TimeProvider time)
    {
        var backup = new Option<FileInfo>("--backup") { Required = true, Description = "backup.json" };
        var directory = CeremonyCommands.DirectoryOption("新建的仪式目录 / the directory to make; must not be there yet");
        var shares = CeremonyCommands.Shares();
        var by = CeremonyCommands.By();
        var command = new Command("restore", "由备份恢复 / makes the ceremony's directory anew, after every key was opened and compared; exit 0 done, 1 refused") { backup, directory, shares, by };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output => CeremonyCommands.WithShares(parsed.GetRequiredValue(shares), opened =>
        {
            var place = parsed.GetRequiredValue(directory).FullName;
            Backup.Restore(parsed.GetRequiredValue(backup).FullName, opened, place, CeremonyCommands.Present(parsed.GetValue(by)), time);
            using var ceremony = Ceremonies.Ceremony.Open(place, time);
            output.Say($"已恢复 {ceremony.Roots.Count} 个根，密钥与证书相符", $"restored {ceremony.Roots.Count} roots; every key fits its certificate");
            CeremonyCommands.SayHead(output, ceremony);
        })));
        return command;
    }
}
