using System.Security.Cryptography;
using System.Text;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Witnessing;

/// <summary>The body of add-checkpoint (C2SP tlog-witness): old size, proof lines, an empty line, the note.</summary>
internal sealed record CheckpointRequest(long OldSize, IReadOnlyList<byte[]> Proof, SignedNote Note, Checkpoint Checkpoint)
{
    public const int Largest = 64 * 1024;

    /// <exception cref="CryptographicException">Another form.</exception>
    public static CheckpointRequest Parse(byte[] body)
    {
        var end = body.AsSpan().IndexOf("\n\n"u8);
        var lines = end < 0 ? [] : Encoding.ASCII.GetString(body, 0, end).Split('\n');
        if (lines.Length is < 1 or > 1 + MerkleProof.LongestProof || !lines[0].StartsWith("old ", StringComparison.Ordinal) || !Checkpoint.TrySize(lines[0][4..], out var old))
        {
            throw new CryptographicException("The body does not begin with an old size and at most 63 hashes.");
        }

        var note = SignedNote.Parse(body.AsSpan(end + 2));
        return new CheckpointRequest(old, [.. lines[1..].Select(Hash)], note, Checkpoint.Parse(note.Text));
    }

    private static byte[] Hash(string line)
    {
        var hash = new byte[MerkleHash.Length];
        return line.Length == 44 && Convert.TryFromBase64String(line, hash, out var written) && written == MerkleHash.Length && Convert.ToBase64String(hash) == line
            ? hash : throw new CryptographicException("A line of the proof is not a hash.");
    }
}
