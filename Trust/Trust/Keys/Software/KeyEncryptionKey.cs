using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Keys.Software;

/// <summary>Envelope encryption under one 256-bit key (AES-256-GCM; nonce 12 · tag 16 · ciphertext). It is wiped when disposed.</summary>
public sealed class KeyEncryptionKey : IKeyEnvelope, IDisposable
{
    /// <summary>Length of the key in bytes.</summary>
    public const int Length = 32;

    private const int Nonce = 12, Tag = 16;
    private readonly byte[] key;

    /// <summary>Takes over a copy of the key.</summary>
    /// <exception cref="CryptographicException">It is not of 32 bytes.</exception>
    public KeyEncryptionKey(ReadOnlySpan<byte> key) =>
        this.key = key.Length == Length ? key.ToArray() : throw new CryptographicException("A key encryption key has 32 bytes.");

    /// <inheritdoc/>
    public byte[] Close(ReadOnlySpan<byte> pkcs8, string name)
    {
        var envelope = new byte[Nonce + Tag + pkcs8.Length];
        RandomNumberGenerator.Fill(envelope.AsSpan(0, Nonce));
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(envelope.AsSpan(0, Nonce), pkcs8, envelope.AsSpan(Nonce + Tag), envelope.AsSpan(Nonce, Tag), Encoding.UTF8.GetBytes(name));
        return envelope;
    }

    /// <inheritdoc/>
    public byte[] Open(ReadOnlySpan<byte> envelope, string name)
    {
        if (envelope.Length < Nonce + Tag)
        {
            throw new CryptographicException("The encrypted key is too short.");
        }

        var plain = new byte[envelope.Length - Nonce - Tag];
        using var aes = new AesGcm(key, Tag);
        aes.Decrypt(envelope[..Nonce], envelope[(Nonce + Tag)..], envelope.Slice(Nonce, Tag), plain, Encoding.UTF8.GetBytes(name));
        return plain;
    }

    /// <summary>HMAC-SHA-256 under a key derived from this one: proves that whoever had the key wrote the data.</summary>
    public byte[] Authenticate(ReadOnlySpan<byte> data)
    {
        Span<byte> derived = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: [], "yinxin authenticate"u8);
        var tag = HMACSHA256.HashData(derived, data);
        CryptographicOperations.ZeroMemory(derived);
        return tag;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
