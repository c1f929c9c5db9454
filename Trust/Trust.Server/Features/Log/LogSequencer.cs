using System.Text;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>
/// Puts entries that have places into tiles and publishes the new tree. The order, and why:
/// 1 take the turn (fence): so that nodes do not do the same work; safety does not rest on it;
/// 2 write bundles and tiles, durably: their bytes follow from the places alone, so a crashed, a late and a second writer write the same;
/// 3 sign in both suites, gather cosignatures: a head is signed only when everything in it can be read;
/// 4 update the head's row under fence and size: this is the publication, and the only step that can be seen;
/// 5 copy the note to the file <c>checkpoint</c> for whoever serves the directory.
/// A crash before 4 leaves files of which no head speaks; they are written again with the same bytes.
/// </summary>
internal sealed class LogSequencer(LogStore store, ITileStore files, LogKeys keys, Cosigners cosigners, LogProgress progress, ILogger<LogSequencer> log) : BackgroundService
{
    private TreeTail? tail;

    /// <summary>One round; false when there was nothing to do or it is another's turn.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var seen = await store.HeadAsync(cancellationToken);
        if (seen.Assigned == seen.Size && seen.Checkpoint.Length > 0)
        {
            return false;
        }

        if (await store.HoldAsync(cancellationToken) is not { } head)
        {
            return false;
        }

        var current = tail;
        // Whatever goes wrong from here on, the next round begins with what is stored.
        tail = null;
        if (current is null || current.Size != head.Size)
        {
            DemandNoLaterCheckpoint(head);
            current = TreeTail.Load(files, head.Size, head.Root);
        }

        foreach (var entry in await store.ReadAsync(head.Size, cancellationToken))
        {
            current.Append(entry);
        }

        files.Write(current.TakeFiles());
        if (!await PublishAsync(head, current, cancellationToken))
        {
            return false;
        }

        tail = current;
        progress.Published();
        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await store.ReleaseAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RoundAsync(stoppingToken))
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "The log could not be extended; it is tried again");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await progress.WaitForEntriesAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> PublishAsync(LogHead head, TreeTail current, CancellationToken cancellationToken)
    {
        var root = current.Edge().Root();
        var note = await cosigners.CosignAsync(SignedNote.Sign(new Checkpoint(keys.Origin, current.Size, root).Text, keys.Signers), current.Size, cancellationToken);
        if (note is null)
        {
            return false;
        }

        var encoded = note.Encode();
        if (!await store.PublishAsync(head, current.Size, root, Encoding.UTF8.GetString(encoded), cancellationToken))
        {
            log.LogWarning("Another node took the turn; its tree is published");
            return false;
        }

        files.Write([new TileFile("checkpoint", encoded)]);
        return true;
    }

    /// <summary>A database restored from before must not give the same places to other entries: the file of the last checkpoint knows better.</summary>
    private void DemandNoLaterCheckpoint(LogHead head)
    {
        if (files.Read("checkpoint", SignedNote.Largest) is { } note && Checkpoint.Parse(SignedNote.Parse(note).Text) is { } published && published.Size > head.Size)
        {
            throw new InvalidOperationException(
                $"The published checkpoint has {published.Size} entries, the database only {head.Size}: a restored database would fork the log. Restore a later one.");
        }
    }
}
