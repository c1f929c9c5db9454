using System.CommandLine;
using Yinxin.Trust.Cli.Ceremony;
using Yinxin.Trust.Cli.Evidence;
using Yinxin.Trust.Cli.Logs;
using Yinxin.Trust.Cli.Paths;
using Yinxin.Trust.Cli.TrustLists;
using Yinxin.Trust.Cli.Validation;
using Yinxin.Trust.Cli.Vectors;

namespace Yinxin.Trust.Cli;

/// <summary><c>yinxin trust</c>: each command stands in a folder of its own.</summary>
public static class TrustCommand
{
    /// <summary>The command with everything below it.</summary>
    /// <param name="time">The clock of ceremony and evidence; the system's when absent.</param>
    public static RootCommand Create(TimeProvider? time = null)
    {
        var root = new RootCommand("Trust for outside judges and key custodians.")
        {
            CheckPathsCommand.Create(),
            CheckVectorsCommand.Create(),
            CheckLogCommand.Create(),
            CheckListCommand.Create(),
            ValidateCommand.Create(),
            EvidenceCommand.Create(time ?? TimeProvider.System),
        };
        foreach (var command in CeremonyCommands.Create(time ?? TimeProvider.System))
        {
            root.Add(command);
        }

        return root;
    }
}
