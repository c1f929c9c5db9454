namespace Yinxin.Trust.Server.Features.Log;

/// <summary>Wakes the sequencer when something was appended, and those who wait for their proof when a tree was published.</summary>
internal sealed class LogProgress : IDisposable
{
    /// <summary>Another node's work is seen so soon.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim appended = new(0, 1);
    private TaskCompletionSource published = New();

    public void Appended()
    {
        try
        {
            appended.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    public void Published() => Interlocked.Exchange(ref published, New()).TrySetResult();

    public Task WaitForEntriesAsync(CancellationToken cancellationToken) => appended.WaitAsync(Interval, cancellationToken);

    /// <summary>Waits until a tree with this entry is published, at most so long; null when none was.</summary>
    public async Task<Data.LogHead?> WaitForAsync(long position, LogStore store, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var end = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
        while (true)
        {
            var next = Volatile.Read(ref published).Task;
            if (await store.HeadAsync(cancellationToken) is { } head && head.Size > position)
            {
                return head;
            }

            if (Environment.TickCount64 >= end)
            {
                return null;
            }

            await Task.WhenAny(next, Task.Delay(Interval, cancellationToken));
        }
    }

    public void Dispose() => appended.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
