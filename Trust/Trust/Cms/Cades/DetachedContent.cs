using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>Content that lies outside its signature; large content is digested once for each hash that is asked for.</summary>
/// <param name="digest">Digest by a hash; null when the content cannot be digested by it.</param>
public sealed class DetachedContent(Func<HashFunction, ReadOnlyMemory<byte>?> digest)
{
    private readonly Dictionary<HashFunction, ReadOnlyMemory<byte>?> known = [];

    /// <summary>Content in memory.</summary>
    public static DetachedContent Of(ReadOnlyMemory<byte> content) => new(hash => hash.Hash(content.Span));

    /// <summary>Content of which only one digest is known.</summary>
    public static DetachedContent Of(HashFunction hash, ReadOnlyMemory<byte> digest) => new(asked => asked == hash ? digest : null);

    /// <summary>The digest by a hash; null when it is not to be had.</summary>
    public ReadOnlyMemory<byte>? Digest(HashFunction hash) => known.TryGetValue(hash, out var value) ? value : known[hash] = digest(hash);
}
