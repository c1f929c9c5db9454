using Yinxin.Trust.Suites;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Evidence;

/// <summary>One document whose existence is proved. It is read again for every digest, so it need not fit into memory.</summary>
/// <param name="open">Opens it from its beginning; the reader closes it.</param>
public sealed class EvidenceDocument(Func<Stream> open)
{
    private const int Block = 64 * 1024;

    /// <summary>A document in memory.</summary>
    public static EvidenceDocument Of(byte[] content) => new(() => new MemoryStream(content, writable: false));

    /// <summary>A file.</summary>
    public static EvidenceDocument File(string path) => new(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));

    /// <summary>The document's digest.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] Digest(HashFunction hash)
    {
        using var stream = open();
        var digest = Hashing.Digest(hash);
        var buffer = new byte[Block];
        int length;
        while ((length = stream.Read(buffer)) > 0)
        {
            digest.BlockUpdate(buffer.AsSpan(0, length));
        }

        var result = new byte[digest.GetDigestSize()];
        digest.DoFinal(result);
        return result;
    }
}
