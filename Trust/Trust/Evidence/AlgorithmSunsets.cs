using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Evidence;

/// <summary>Until when algorithms bind. Whatever is not named binds for ever, but SHA-1 and SHA-224, which never do.</summary>
/// <param name="Hashes">End of each digest.</param>
/// <param name="Signature">End of a signature scheme with a key (DER SubjectPublicKeyInfo), or null when it has none.</param>
public sealed record AlgorithmSunsets(IReadOnlyDictionary<HashFunction, DateTimeOffset> Hashes, Func<SignatureScheme, ReadOnlyMemory<byte>, DateTimeOffset?> Signature)
{
    /// <summary>No known end.</summary>
    public static AlgorithmSunsets None { get; } = new(new Dictionary<HashFunction, DateTimeOffset>(), (_, _) => null);

    /// <summary>The published ends (<see cref="CryptographicLimits"/>), and those of a policy before them; what is listed nowhere never binds.</summary>
    public static AlgorithmSunsets Of(ValidationPolicy policy) => new(
        Enum.GetValues<HashFunction>().Select(h => (Hash: h, CryptographicLimits.Judge(policy, h).Until)).Where(h => h.Until is not null).ToDictionary(h => h.Hash, h => h.Until!.Value),
        (scheme, key) => CryptographicLimits.Judge(policy, scheme, key).Until);

    /// <summary>Whether the digest still binds then.</summary>
    public bool Binds(HashFunction hash, DateTimeOffset at) =>
        hash is not (HashFunction.Sha1 or HashFunction.Sha224) && (!Hashes.TryGetValue(hash, out var end) || at <= end);

    /// <summary>Whether the scheme and its digest still bind then.</summary>
    public bool Binds(SignatureScheme scheme, ReadOnlyMemory<byte> publicKey, DateTimeOffset at) =>
        (scheme.DataHash is not { } hash || Binds(hash, at)) && (Signature(scheme, publicKey) is not { } end || at <= end);
}
