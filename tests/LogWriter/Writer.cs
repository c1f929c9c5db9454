using System.Security.Cryptography;
using System.Text;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.LogWriter;

/// <summary>Tells on its standard output every entry that was acknowledged (<c>a PLACE LEAF</c>) and every checkpoint that was published (<c>c NOTE</c>), each before it goes on.</summary>
internal sealed class Writer(LogAppender appender, LogStore store, LogProgress progress) : IDisposable
{
    private const int LargestBatch = 8;
    private readonly Stream output = Console.OpenStandardOutput();
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    public async Task WriteAsync(int seconds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await Task.WhenAll(AppendAsync(limit.Token), AppendAsync(limit.Token), WatchAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            // Nobody killed it.
        }
    }

    public async Task FinishAsync()
    {
        var assigned = (await store.HeadAsync(CancellationToken.None)).Assigned;
        var head = await progress.WaitForAsync(assigned - 1, store, TimeSpan.FromSeconds(60), CancellationToken.None);
        await TellAsync("c", Encode(head?.Checkpoint ?? throw new InvalidOperationException($"The tree of {assigned} entries was not published.")));
    }

    private async Task AppendAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, RandomNumberGenerator.GetInt32(1, LargestBatch)).Select(_ => AppendOneAsync(cancellationToken)));
        }
    }

    private async Task AppendOneAsync(CancellationToken cancellationToken)
    {
        var random = RandomNumberGenerator.GetBytes(64);
        var entry = new LogEntry("test.written", DateTimeOffset.UnixEpoch, random.AsMemory(0, 32), random.AsMemory(32)).Encode();
        var place = await appender.AppendAsync(new KeyedEntry(Convert.ToHexStringLower(random.AsSpan(0, 32)), entry), cancellationToken);
        await TellAsync("a", FormattableString.Invariant($"{place} {Convert.ToHexStringLower(MerkleHash.Leaf(entry))}"));
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var size = (await store.HeadAsync(cancellationToken)).Size;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await progress.WaitForAsync(size, store, TimeSpan.FromSeconds(5), cancellationToken) is { } head)
            {
                size = head.Size;
                await TellAsync("c", Encode(head.Checkpoint));
            }
        }
    }

    private static string Encode(string checkpoint) => Convert.ToBase64String(Encoding.UTF8.GetBytes(checkpoint));

    private async Task TellAsync(string what, string content)
    {
        var line = Encoding.ASCII.GetBytes($"{what} {content}\n");
        await turn.WaitAsync();
        await output.WriteAsync(line);
        turn.Release();
    }
}
