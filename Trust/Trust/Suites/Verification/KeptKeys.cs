using System.Diagnostics.CodeAnalysis;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>
/// Parsed public keys, kept for each thread: reading a key and setting up its verifier costs as much as verifying once. Bounded; what was not
/// used lately is forgotten, so strangers' keys cannot fill the memory.
/// </summary>
internal static class KeptKeys
{
    private const int Most = 64;

    [ThreadStatic]
    private static Dictionary<byte[], VerificationKey>? kept;

    /// <exception cref="System.Security.Cryptography.CryptographicException">Not a key.</exception>
    public static VerificationKey Get(ReadOnlySpan<byte> spki)
    {
        kept ??= new Dictionary<byte[], VerificationKey>(Most, new ByBytes());
        var known = kept.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(spki, out var key))
        {
            return key;
        }

        var read = VerificationKey.Read(spki);
        if (kept.Count >= Most)
        {
            foreach (var old in kept.Values)
            {
                old.Dispose();
            }

            kept.Clear();
        }

        kept[spki.ToArray()] = read;
        return read;
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
