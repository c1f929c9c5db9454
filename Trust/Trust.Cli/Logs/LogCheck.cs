using System.Globalization;
using System.Runtime.CompilerServices;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Cli.Logs;

/// <summary>Proves the checkpoints of one log, smallest first, along one run through its entries.</summary>
internal sealed class LogCheck(ILogSource source, NotePolicy policy, long fromSize)
{
    private const int MostCheckpoints = 100_000;
    private readonly List<FoundCheckpoint> found = [];
    private (long Size, LogFaultException? Fault) edge = (-1, null);

    /// <summary>0 everything is proved, 1 something is not, 2 the log could not be read.</summary>
    public int Exit { get; private set; }

    /// <summary>Reads the checkpoints of the log, and those kept from before.</summary>
    /// <exception cref="LogFaultException">There is none.</exception>
    public async Task FindAsync(IReadOnlyList<string> names, IReadOnlyList<FileInfo> saved, CancellationToken cancellationToken)
    {
        foreach (var name in names.Take(MostCheckpoints))
        {
            if (await source.ReadAsync(name, SignedNote.Largest, cancellationToken) is { } note)
            {
                found.Add(FoundCheckpoint.Open(name, note, policy));
            }
        }

        foreach (var file in saved)
        {
            var note = file.Length <= SignedNote.Largest ? await File.ReadAllBytesAsync(file.FullName, cancellationToken) : [];
            found.Add(FoundCheckpoint.Open(file.Name, note, policy));
        }

        if (found.Count == 0)
        {
            throw new LogFaultException(LogFault.Missing, "There is no checkpoint.");
        }

        // The log's own current head says which log it is; where it is unreadable the first readable one does.
        var origin = found.FirstOrDefault(f => f is { Name: "checkpoint", Head: not null })?.Head?.Origin ?? found.FirstOrDefault(f => f.Head is not null)?.Head?.Origin;
        found.ForEach(f => f.DemandOrigin(origin));
    }

    /// <summary>One line a checkpoint in order of size, then one for the log.</summary>
    public async IAsyncEnumerable<object> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var refused in found.Where(f => f.Fault is not null))
        {
            Exit = Math.Max(Exit, 1);
            yield return refused.Line();
        }

        List<FoundCheckpoint> heads = [.. found.Where(f => f.Fault is null).OrderBy(f => f.Head!.Size)];
        var treeSize = heads.Count == 0 ? 0 : heads[^1].Head!.Size;
        LogFollower? follower = null;
        LogFaultException? stopped = null;
        foreach (var head in heads)
        {
            try
            {
                if (stopped is null && head.Head!.Size >= fromSize)
                {
                    follower ??= fromSize == 0 ? new LogFollower(source) : await LogFollower.FromAsync(source, fromSize, treeSize, cancellationToken);
                    await follower.AdvanceAsync(head.Head.Size, treeSize, entry: null, cancellationToken);
                    // Before the root: where tiles and entries differ, that is what is wrong.
                    await CompareEdgeAsync(head, follower, treeSize, cancellationToken);
                    head.DemandRoot(follower.Root());
                }
                else
                {
                    head.NotReached(stopped, fromSize);
                }
            }
            catch (LogFaultException e)
            {
                stopped = e;
                head.NotReached(e, fromSize);
            }

            Exit = Math.Max(Exit, head.Fault is null ? 0 : head.Fault == LogFault.Unreachable ? 2 : 1);
            yield return head.Line();
        }

        yield return Summary(follower?.Size ?? 0, stopped ?? edge.Fault);
    }

    /// <summary>A wrong partial tile is the affair of the heads of this size: later ones have others.</summary>
    private async Task CompareEdgeAsync(FoundCheckpoint head, LogFollower follower, long treeSize, CancellationToken cancellationToken)
    {
        try
        {
            if (edge.Size != follower.Size)
            {
                edge = (follower.Size, null);
                await follower.CompareEdgeAsync(treeSize, cancellationToken);
            }
        }
        catch (LogFaultException e) when (e.Fault != LogFault.Unreachable)
        {
            edge = (follower.Size, e);
        }

        if (edge.Fault is { } fault)
        {
            head.Refuse(fault.Fault, fault.Message);
        }
    }

    private object Summary(long entries, LogFaultException? stopped) => new
    {
        log = found.FirstOrDefault(f => f.Head is not null)?.Head?.Origin,
        entries,
        from = fromSize == 0 ? (long?)null : fromSize,
        checkpoints = found.Count,
        proved = found.Count(f => f.Fault is null),
        signatures = policy.LogKeys.Count == 0 ? "not checked: no --key" : null,
        result = Exit switch { 0 => "accepted", 1 => "rejected", _ => "unknown" },
        reason = stopped is null ? null : FoundCheckpoint.Code(stopped.Fault),
        why = stopped?.Message,
    };
}

/// <summary>A checkpoint and what became of it.</summary>
internal sealed class FoundCheckpoint(string name)
{
    private IReadOnlyList<NoteVerifier> signedBy = [];
    private string? why;

    public string Name => name;

    public Checkpoint? Head { get; private set; }

    public LogFault? Fault { get; private set; }

    public static FoundCheckpoint Open(string name, byte[] note, NotePolicy policy)
    {
        var checkpoint = new FoundCheckpoint(name);
        try
        {
            (checkpoint.Head, checkpoint.signedBy) = policy.Open(note);
        }
        catch (LogFaultException e)
        {
            checkpoint.Refuse(e.Fault, e.Message);
        }

        return checkpoint;
    }

    public void DemandOrigin(string? origin)
    {
        if (Head is not null && Head.Origin != origin)
        {
            Refuse(LogFault.Origin, $"The checkpoint is of {Head.Origin}, the log is {origin}.");
        }
    }

    public void DemandRoot(byte[] root)
    {
        if (!Head!.Root.Span.SequenceEqual(root))
        {
            Refuse(LogFault.Root, string.Create(CultureInfo.InvariantCulture, $"The first {Head.Size} entries have the root {Convert.ToBase64String(root)}."));
        }
    }

    public void NotReached(LogFaultException? stopped, long fromSize) =>
        Refuse(stopped?.Fault ?? LogFault.Missing, stopped?.Message ?? string.Create(CultureInfo.InvariantCulture, $"It lies before --from-size {fromSize}."));

    public object Line() => new
    {
        checkpoint = name,
        size = Head?.Size,
        root = Head is null ? null : Convert.ToBase64String(Head.Root.Span),
        signedBy = signedBy.Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Name}+{k.KeyId:x8}")),
        result = Fault switch { null => "accepted", LogFault.Unreachable => "unknown", _ => "rejected" },
        reason = Fault is { } fault ? Code(fault) : null,
        why,
    };

    public static string Code(LogFault fault) => char.ToLowerInvariant(fault.ToString()[0]) + fault.ToString()[1..];

    /// <summary>The first reason stands.</summary>
    public void Refuse(LogFault fault, string reason) => (Fault, why) = Fault is null ? (fault, reason) : (Fault, why);
}
