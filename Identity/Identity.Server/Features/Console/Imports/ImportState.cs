using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>How an import stands to whoever looks.</summary>
internal enum ImportState
{
    /// <summary>Rows are coming.</summary>
    Running,

    /// <summary>None came for a while: the sender may send the file again, and it goes on.</summary>
    Waiting,

    /// <summary>The file was read to its end.</summary>
    Done,

    /// <summary>Two officials took back what it brought; it takes nothing more.</summary>
    Withdrawn,
}

internal static class ImportStates
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    public static ImportState Of(Import import, DateTimeOffset now) =>
        import.WithdrawnAt is not null ? ImportState.Withdrawn : import.EndedAt is not null ? ImportState.Done : now - import.ChangedAt < Quiet ? ImportState.Running : ImportState.Waiting;
}
