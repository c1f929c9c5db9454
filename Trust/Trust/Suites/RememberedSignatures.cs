using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Suites;

/// <summary>
/// For what is verified over and over: certificates, revocation lists, seals. That a signature is right never changes, so a success is
/// remembered by a digest of key, data and signature together; whether it may be trusted (time, revocation, usage) is asked each time anew.
/// </summary>
public static class RememberedSignatures
{
    /// <summary>Beyond this everything is forgotten at once: simpler than ages, and the next round remembers what is still in use.</summary>
    private const int Most = 8192;

    private static readonly ConcurrentDictionary<UInt128, UInt128> Known = new();
    private static int count;

    /// <summary>For a suite's first algorithm, ES256 or SM2.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureSuite suite, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(publicKey, suite.SignatureAlgorithm(), data, signature);

    /// <summary>As <see cref="SignatureVerifier.Verify(ReadOnlySpan{byte}, AlgorithmIdentifier, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>; failures are not remembered, so that nobody can fill the memory with them.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (SignatureScheme.Of(algorithm) is not { } scheme)
        {
            return false;
        }

        var (first, second) = Digest(publicKey, algorithm.GetDerEncoded(), data, signature);
        if (Known.TryGetValue(first, out var known) && known == second)
        {
            return true;
        }

        if (!SignatureVerifier.Verify(publicKey, scheme, data, signature))
        {
            return false;
        }

        if (Interlocked.Increment(ref count) > Most)
        {
            Known.Clear();
            Interlocked.Exchange(ref count, 1);
        }

        Known[first] = second;
        return true;
    }

    /// <summary>SHA-256 over the parts, each with its length before it, so that no two splits give the same digest.</summary>
    private static (UInt128 First, UInt128 Second) Digest(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> lengths = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, algorithm.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], publicKey.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[8..], data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[12..], signature.Length);
        hash.AppendData(lengths);
        hash.AppendData(algorithm);
        hash.AppendData(publicKey);
        hash.AppendData(data);
        hash.AppendData(signature);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return (BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]));
    }
}
