using System.CommandLine;
using Yinxin.Trust.Ceremonies.Steps;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>backup</c>: everything in one file, with shares of its own; so custodians change, too.</summary>
internal static class BackupCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var place = new Option<DirectoryInfo>("--out") { Required = true, Description = "新建的备份目录 / the directory to make: backup.json and shares/" };
        var custodians = CeremonyCommands.Custodians(required: false);
        var threshold = new Option<int?>("--threshold") { Description = "恢复所需人数；缺省同原门限 / how many restore it; as now when absent" };
        var shares = CeremonyCommands.Shares();
        var by = CeremonyCommands.By();
        var command = new Command("backup", "备份，另行分份 / a backup with shares of its own, for the same custodians or others; exit 0 done, 1 refused") { directory, place, custodians, threshold, shares, by };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output => CeremonyCommands.WithShares(parsed.GetRequiredValue(shares), opened =>
        {
            using var ceremony = Ceremonies.Ceremony.Open(parsed.GetRequiredValue(directory).FullName, time);
            using var sitting = ceremony.Sit(opened, CeremonyCommands.Present(parsed.GetValue(by)));
            var certificates = parsed.GetValue(custodians) is { Length: > 0 } others ? CeremonyCommands.ReadCertificates(others)
                : [.. ceremony.Custody.Custodians.Select(c => Certificates.CertificateReading.Read(c.Certificate))];
            Backup.Make(ceremony, sitting, parsed.GetRequiredValue(place).FullName, certificates, parsed.GetValue(threshold) ?? ceremony.Custody.Threshold);
            output.Say($"备份完成，共 {certificates.Count} 份新份额", $"backed up, with {certificates.Count} new shares");
            CeremonyCommands.SayHead(output, ceremony);
        })));
        return command;
    }
}
