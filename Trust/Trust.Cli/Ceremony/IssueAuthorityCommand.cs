using System.CommandLine;
using Yinxin.Trust.Ceremonies.Steps;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>issue-ca</c>: the roots certify the online server's CAs.</summary>
internal static class IssueAuthorityCommand
{
    public static Command Create(TimeProvider time)
    {
        var directory = CeremonyCommands.DirectoryOption();
        var requests = new Option<DirectoryInfo>("--requests") { Required = true, Description = "在线服务器写出的 requests/ / requests/ as the online server wrote it" };
        var shares = CeremonyCommands.Shares();
        var by = CeremonyCommands.By();
        var command = new Command("issue-ca", "为在线服务器的 CA 签发证书 / certifies the requests of the online server's CAs; exit 0 done, 1 refused") { directory, requests, shares, by };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output => CeremonyCommands.Sit(
            output, time, (parsed.GetRequiredValue(directory), parsed.GetRequiredValue(shares), parsed.GetValue(by)),
            (_, sitting) => RequestSigning.SignAll(sitting, parsed.GetRequiredValue(requests).FullName))));
        return command;
    }
}
