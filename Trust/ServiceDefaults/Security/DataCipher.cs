using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>Encrypts private keys and personal columns at rest (AES-256-GCM under <c>App:MasterKey</c>).</summary>
public interface IDataCipher
{
    /// <summary>Encrypts; the purpose is bound to the result, so that a value moved to another column no longer opens.</summary>
    byte[] Encrypt(string purpose, ReadOnlySpan<byte> plain);

    /// <exception cref="CryptographicException">Changed, of another purpose, or under another key.</exception>
    byte[] Decrypt(string purpose, ReadOnlySpan<byte> envelope);

    string EncryptText(string purpose, string plain) => Convert.ToBase64String(Encrypt(purpose, Encoding.UTF8.GetBytes(plain)));

    string DecryptText(string purpose, string envelope) => Encoding.UTF8.GetString(Decrypt(purpose, Convert.FromBase64String(envelope)));

    /// <summary>A keyed hash by which an encrypted value can be looked up; equal values give equal hashes only under one key and purpose.</summary>
    string BlindIndex(string purpose, string value);
}

/// <remarks>Envelope: version (1) · key id (4) · nonce (12) · tag (16) · ciphertext. The key of a purpose is derived by HKDF, so one purpose's use never exhausts another's nonces.</remarks>
internal sealed class DataCipher : IDataCipher
{
    private const byte Version = 1;
    private const int HeaderLength = 1 + 4;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] masterKey;
    private readonly ConcurrentDictionary<string, byte[]> purposeKeys = new(StringComparer.Ordinal);
    private readonly uint keyId;

    public DataCipher(IOptions<AppSettings> settings)
        : this(Key(settings.Value.MasterKey))
    {
    }

    public DataCipher(byte[] masterKey)
    {
        this.masterKey = masterKey;
        keyId = BinaryPrimitives.ReadUInt32BigEndian(HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 4, info: "key-id"u8.ToArray()));
    }

    public byte[] Encrypt(string purpose, ReadOnlySpan<byte> plain)
    {
        var envelope = new byte[HeaderLength + NonceLength + TagLength + plain.Length];
        envelope[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(envelope.AsSpan(1), keyId);
        var nonce = envelope.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(PurposeKey("encrypt:" + purpose), TagLength);
        aes.Encrypt(
            nonce, plain, envelope.AsSpan(HeaderLength + NonceLength + TagLength), envelope.AsSpan(HeaderLength + NonceLength, TagLength), envelope.AsSpan(0, HeaderLength));
        return envelope;
    }

    public byte[] Decrypt(string purpose, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < HeaderLength + NonceLength + TagLength || envelope[0] != Version)
        {
            throw new CryptographicException("Not an envelope of this cipher.");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(envelope[1..]) != keyId)
        {
            throw new CryptographicException("Encrypted under another App:MasterKey.");
        }

        var plain = new byte[envelope.Length - HeaderLength - NonceLength - TagLength];
        using var aes = new AesGcm(PurposeKey("encrypt:" + purpose), TagLength);
        aes.Decrypt(
            envelope.Slice(HeaderLength, NonceLength), envelope[(HeaderLength + NonceLength + TagLength)..], envelope.Slice(HeaderLength + NonceLength, TagLength), plain, envelope[..HeaderLength]);
        return plain;
    }

    public string BlindIndex(string purpose, string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(PurposeKey("index:" + purpose), Encoding.UTF8.GetBytes(value)));

    private static byte[] Key(string? text)
    {
        var key = text is null ? [] : Convert.FromBase64String(text);
        return key.Length == 32 ? key : throw new InvalidOperationException("App:MasterKey: base64 of 32 bytes is needed.");
    }

    /// <summary>Derived once for each purpose: purposes are constants of the code, few.</summary>
    private byte[] PurposeKey(string purpose) => purposeKeys.GetOrAdd(
        purpose, static (text, master) => HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: Encoding.UTF8.GetBytes(text)), masterKey);
}
