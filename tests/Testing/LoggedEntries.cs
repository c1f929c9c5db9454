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
        var prefix = platform.Address("trust") + "/log";
        var policy = NotePolicy.Of([.. (await client.GetStringAsync(prefix + "/keys", limit.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(NoteVerifier.Parse)]);
        var source = new HttpLogSource(client, new Uri(prefix), TimeSpan.FromSeconds(10));
        var (follower, found) = (new LogFollower(source), -1L);
        while (found < 0)
        {
            var head = policy.Open(await source.ReadAsync("checkpoint", SignedNote.Largest, limit.Token)).Head;
            await follower.AdvanceAsync(head.Size, head.Size, (place, bytes, _) =>
            {
                var entry = LogEntry.Decode(bytes.Span);
                found = found < 0 && entry.Kind == kind && (objectDigest.IsEmpty || entry.ObjectDigest.Span.SequenceEqual(objectDigest.Span)) ? place : found;
                return ValueTask.CompletedTask;
            }, limit.Token);
            await Task.Delay(found < 0 ? 50 : 0, limit.Token);
        }

        var answer = JsonElement.Parse(await client.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"{platform.Address("trust")}/api/log/proofs?index={found}"), limit.Token));
        var text = answer.GetProperty("entry").GetString()!;
        var signed = policy.Open(System.Text.Encoding.UTF8.GetBytes(answer.GetProperty("checkpoint").GetString()!)).Head;
        byte[][] proof = [.. answer.GetProperty("proof").EnumerateArray().Select(h => h.GetBytesFromBase64())];
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return MerkleProof.Includes(found, signed.Size, MerkleHash.Leaf(bytes), proof, signed.Root.Span)
            ? new ProvenEntry(found, LogEntry.Decode(bytes), text)
            : throw new InvalidOperationException($"The proof of entry {found} does not hold.");
    }
}
