using System.Globalization;
using System.Text.Json;
using Yinxin.Trust.Log;

namespace Yinxin.Testing;

/// <summary>An entry that was found in the platform's log and proved to be in it.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Entry">What it says.</param>
/// <param name="Text">The logged bytes.</param>
public sealed record ProvenEntry(long Index, LogEntry Entry, string Text);

/// <summary>Looks into the platform's transparency log from outside, as anyone may.</summary>
public static class LoggedEntries
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Waits until the log holds such an entry, then proves by the served proof and the signed checkpoint that it does.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="kind">Kind of the entry, e.g. <c>seal.used</c>.</param>
    /// <param name="objectDigest">Its object's digest; empty for the first of the kind.</param>
    public static async Task<ProvenEntry> ProvenAsync(this PlatformFixture platform, string kind, ReadOnlyMemory<byte> objectDigest = default)
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(Patience);
        var found = -1L;
        var policy = await FollowAsync(
            client, new Uri(platform.Address("trust") + "/log"),
            (place, entry) => found = found < 0 && entry.Kind == kind && (objectDigest.IsEmpty || entry.ObjectDigest.Span.SequenceEqual(objectDigest.Span)) ? place : found,
            () => found >= 0, limit.Token);
        var answer = JsonElement.Parse(await client.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"{platform.Address("trust")}/api/log/proofs?index={found}"), limit.Token));
        var text = answer.GetProperty("entry").GetString()!;
        var signed = policy.Open(System.Text.Encoding.UTF8.GetBytes(answer.GetProperty("checkpoint").GetString()!)).Head;
        byte[][] proof = [.. answer.GetProperty("proof").EnumerateArray().Select(h => h.GetBytesFromBase64())];
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return MerkleProof.Includes(found, signed.Size, MerkleHash.Leaf(bytes), proof, signed.Root.Span)
            ? new ProvenEntry(found, LogEntry.Decode(bytes), text)
            : throw new InvalidOperationException($"The proof of entry {found} does not hold.");
    }

    /// <summary>Reads a log from its first entry under its own keys, proving each tree on the way, until the caller has what he looks for; a minute at most.</summary>
    /// <param name="client">To read with.</param>
    /// <param name="log">Where the log lies.</param>
    /// <param name="see">Each entry with its place, once.</param>
    /// <param name="isEnough">Asked after each tree.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The keys by which the log's checkpoints open.</returns>
    public static async Task<NotePolicy> FollowAsync(HttpClient client, Uri log, Action<long, LogEntry> see, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var policy = NotePolicy.Of([.. (await client.GetStringAsync(log + "/keys", limit.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteVerifier.Parse)]);
        var source = new HttpLogSource(client, log, TimeSpan.FromSeconds(10));
        var follower = new LogFollower(source);
        while (!isEnough())
        {
            var head = policy.Open(await source.ReadAsync("checkpoint", SignedNote.Largest, limit.Token)).Head;
            await follower.AdvanceAsync(head.Size, head.Size, (place, bytes, _) =>
            {
                see(place, LogEntry.Decode(bytes.Span));
                return ValueTask.CompletedTask;
            }, limit.Token);
            await Task.Delay(isEnough() ? 0 : 50, limit.Token);
        }

        return policy;
    }
}
