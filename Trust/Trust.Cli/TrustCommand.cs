using System.CommandLine;
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
    public static RootCommand Create() => new("Trust for outside judges and key custodians.")
    {
        CheckPathsCommand.Create(),
        CheckVectorsCommand.Create(),
        CheckLogCommand.Create(),
        CheckListCommand.Create(),
        ValidateCommand.Create(),
    };
}
