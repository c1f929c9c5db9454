using System.Globalization;
using System.Security.Cryptography;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>One log with everything needed to follow it.</summary>
/// <param name="origin">Name on its checkpoints.</param>
/// <param name="source">Its files.</param>
/// <param name="policy">Whose signatures count.</param>
/// <param name="knowledge">Which entries it may hold.</param>
internal sealed class FollowedLog(string origin, ILogSource source, NotePolicy policy, IEntryKnowledge knowledge)
{
    /// <summary>Alarms about single entries are told up to this number in one look; what is more is told as a number.</summary>
    private const int MostTold = 20;
    private readonly LogMonitor monitor = new(source, policy, origin);

    public string Origin => origin;

    /// <summary>The checkpoint that is served now, unverified: evidence.</summary>
    /// <exception cref="LogFaultException">It cannot be read.</exception>
    public ValueTask<byte[]?> CheckpointAsync(CancellationToken cancellationToken) => source.ReadAsync("checkpoint", SignedNote.Largest, cancellationToken);

    /// <summary>Looks once.</summary>
    /// <param name="before">What was verified last.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is verified now, and what is wrong with single entries: about those one is told and follows on.</returns>
    /// <exception cref="LogFaultException">The log could not be read, or lies.</exception>
    public async Task<(MonitoredHead? Head, IReadOnlyList<LogFaultException> Entries)> LookAsync(MonitoredHead? before, CancellationToken cancellationToken)
    {
        var pending = new List<ReadOnlyMemory<byte>>();
        var faults = new List<LogFaultException>();
        var first = before?.Size ?? 0;
        var head = await monitor.FollowAsync(before, async (_, entry, cancel) =>
        {
            pending.Add(entry);
            if (pending.Count == TileAddress.FullWidth)
            {
                await JudgeAsync(cancel);
            }
        }, cancellationToken);
        await JudgeAsync(cancellationToken);
        return (head, faults.Count <= MostTold ? faults : [.. faults.Take(MostTold), new LogFaultException(faults[^1].Fault, $"… and {faults.Count - MostTold} more.")]);

        async Task JudgeAsync(CancellationToken cancel)
        {
            faults.AddRange(Enumerable.Range(0, pending.Count).Where(i => !IsEntry(pending[i])).Select(i => Fault(LogFault.Entry, first + i, "is none of this kind of log")));
            faults.AddRange((await knowledge.UnknownAsync(first, pending, cancel)).Select(place => Fault(LogFault.Unknown, place, "was put there by nobody known")));
            first += pending.Count;
            pending.Clear();
        }
    }

    private static LogFaultException Fault(LogFault fault, long place, string what) => new(fault, string.Create(CultureInfo.InvariantCulture, $"Entry {place} {what}."));

    private static bool IsEntry(ReadOnlyMemory<byte> entry)
    {
        try
        {
            LogEntry.Decode(entry.Span);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
