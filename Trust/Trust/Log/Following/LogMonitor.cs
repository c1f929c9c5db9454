using System.Globalization;

namespace Yinxin.Trust.Log;

/// <summary>What a monitor has verified of a log; its owner keeps it durably, because the memory of one old head is what a fork is found by.</summary>
/// <param name="Size">Entries followed.</param>
/// <param name="Root">Root of their tree.</param>
/// <param name="Note">The signed checkpoint, as it was served.</param>
public sealed record MonitoredHead(long Size, ReadOnlyMemory<byte> Root, ReadOnlyMemory<byte> Note);

/// <summary>Follows one log from head to head: each new tree must begin with the one verified before, and every entry is shown to whoever may know it.</summary>
/// <param name="source">The log's files.</param>
/// <param name="policy">Whose signatures count.</param>
/// <param name="origin">The log's name on its checkpoints.</param>
public sealed class LogMonitor(ILogSource source, NotePolicy policy, string origin)
{
    /// <summary>Verifies what was published since.</summary>
    /// <param name="before">What was verified last; null at first.</param>
    /// <param name="entry">Told of each new entry and its place, before the new head is verified as a whole; may be null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is verified now; null when the log has published nothing yet.</returns>
    /// <exception cref="LogFaultException">The log could not be read, or lies: what was verified before then still stands.</exception>
    public async Task<MonitoredHead?> FollowAsync(MonitoredHead? before, Func<long, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? entry, CancellationToken cancellationToken)
    {
        if (await source.ReadAsync("checkpoint", SignedNote.Largest, cancellationToken).ConfigureAwait(false) is not { } note)
        {
            return before is null ? null : throw new LogFaultException(LogFault.Missing, "The checkpoint is gone.");
        }

        var head = policy.Open(note).Head;
        if (head.Origin != origin)
        {
            throw new LogFaultException(LogFault.Origin, $"The checkpoint is of {head.Origin}, the log is {origin}.");
        }

        if (head.Size < before?.Size)
        {
            throw new LogFaultException(LogFault.Shrunk, string.Create(CultureInfo.InvariantCulture, $"The log had {before.Size} entries and now states {head.Size}."));
        }

        if (head.Size == before?.Size)
        {
            return head.Root.Span.SequenceEqual(before.Root.Span) ? before
                : throw new LogFaultException(LogFault.Fork, string.Create(CultureInfo.InvariantCulture, $"Two signed heads of {head.Size} entries have different roots."));
        }

        await GoAsync(before, head, entry, cancellationToken).ConfigureAwait(false);
        return new MonitoredHead(head.Size, head.Root, note);
    }

    private async Task GoAsync(MonitoredHead? before, Checkpoint head, Func<long, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? entry, CancellationToken cancellationToken)
    {
        var follower = before is null or { Size: 0 } ? new LogFollower(source) : await LogFollower.FromAsync(source, before.Size, head.Size, cancellationToken).ConfigureAwait(false);
        if (before is not null && !before.Root.Span.SequenceEqual(follower.Root()))
        {
            throw new LogFaultException(
                LogFault.Fork, string.Create(CultureInfo.InvariantCulture, $"The tree of {head.Size} entries does not begin with the tree of {before.Size} that was signed before."));
        }

        await follower.AdvanceAsync(head.Size, head.Size, entry, cancellationToken).ConfigureAwait(false);
        await follower.CompareEdgeAsync(head.Size, cancellationToken).ConfigureAwait(false);
        if (!head.Root.Span.SequenceEqual(follower.Root()))
        {
            throw new LogFaultException(LogFault.Root, string.Create(CultureInfo.InvariantCulture, $"The {head.Size} entries do not have the root that was signed."));
        }
    }
}
