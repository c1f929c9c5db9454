using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Evidence;

/// <summary>Until when algorithms bind. Whatever is not named binds for ever, but SHA-1 and SHA-224, which never do.</summary>
/// <param name="Hashes">End of each digest.</param>
/// <param name="Signature">End of a signature scheme, or null when it has none.</param>
public sealed record AlgorithmSunsets(IReadOnlyDictionary<HashFunction, DateTimeOffset> Hashes, Func<SignatureScheme, DateTimeOffset?> Signature)
{
    /// <summary>No known end.</summary>
    public static AlgorithmSunsets None { get; } = new(new Dictionary<HashFunction, DateTimeOffset>(), _ => null);

    /// <summary>Whether the digest still binds then.</summary>
    public bool Binds(HashFunction hash, DateTimeOffset at) =>
        hash is not (HashFunction.Sha1 or HashFunction.Sha224) && (!Hashes.TryGetValue(hash, out var end) || at <= end);

    /// <summary>Whether the scheme and its digest still bind then.</summary>
    public bool Binds(SignatureScheme scheme, DateTimeOffset at) =>
        (scheme.DataHash is not { } hash || Binds(hash, at)) && (Signature(scheme) is not { } end || at <= end);
}
