using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>Gathers what arrives while the last transaction runs and gives it places in the next: one commit for many entries.</summary>
internal sealed class LogAppender(LogStore store, LogProgress progress, ILogger<LogAppender> log) : BackgroundService
{
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(2 * LogStore.Batch) { SingleReader = true });

    /// <summary>The key under which a caller's entry is known.</summary>
    public static string KeyOf(string caller, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}")));

    /// <summary>The place of the entry, once it is durable; null when the key stands for another entry. The same again answers the same.</summary>
    public async Task<long?> AppendAsync(KeyedEntry entry, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(entry, new TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously));
        await queue.Writer.WriteAsync(waiting, cancellationToken);
        return await waiting.Place.Task.WaitAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(stoppingToken))
            {
                var batch = new List<Waiting>();
                while (batch.Count < LogStore.Batch && queue.Reader.TryRead(out var next))
                {
                    batch.Add(next);
                }

                await AppendAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            queue.Writer.TryComplete();
            while (queue.Reader.TryRead(out var left))
            {
                left.Place.TrySetCanceled(stoppingToken);
            }
        }
    }

    private async Task AppendAsync(List<Waiting> batch, CancellationToken cancellationToken)
    {
        try
        {
            var places = await store.AppendAsync([.. batch.Select(w => w.Entry)], cancellationToken);
            progress.Appended();
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Place.TrySetResult(places[i]);
            }
        }
        catch (Exception e)
        {
            // Whether it was committed is not known; the caller asks again under the same key.
            log.LogError(e, "{Count} entries could not be stored", batch.Count);
            batch.ForEach(w => w.Place.TrySetException(e));
        }
    }

    private sealed record Waiting(KeyedEntry Entry, TaskCompletionSource<long?> Place);
}
