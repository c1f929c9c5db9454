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

/// <summary>One key with what is derived from it. A server that keeps several keys, to change them while it works, has one of these for each.</summary>
/// <remarks>
/// Envelope 1: version (1) · key id (4) · nonce (12) · tag (16) · ciphertext. Envelope 2, of one owner: version (2) · key id (4) · owner (16) · nonce · tag · ciphertext; its key
/// is derived with the owner's secret as salt, so that it is lost with that secret. The key of a purpose is derived by HKDF, so one purpose's use never exhausts another's nonces.
/// </remarks>
public sealed class DataCipher : IDataCipher
{
    private const byte Version = 1;
    private const byte OwnedVersion = 2;
    private const int HeaderLength = 1 + 4;
    private const int OwnedHeaderLength = HeaderLength + 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] masterKey;
    private readonly IReadOnlyList<DataCipher> former;
    private readonly ConcurrentDictionary<string, byte[]> purposeKeys = new(StringComparer.Ordinal);

    internal DataCipher(IOptions<AppSettings> settings)
        : this(Key(settings.Value.MasterKey), settings.Value.FormerMasterKeys.Select(text => new DataCipher(Key(text))))
    {
    }

    /// <param name="masterKey">32 bytes.</param>
    /// <param name="former">Keys that are read but no longer written with.</param>
    public DataCipher(byte[] masterKey, IEnumerable<DataCipher>? former = null)
    {
        this.masterKey = masterKey;
        this.former = [.. former ?? []];
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 4, info: "key-id"u8.ToArray()));
    }

    /// <summary>Names the key in every envelope that it closes.</summary>
    public uint KeyId { get; }

    /// <returns>The key that closed an envelope; null for what is none.</returns>
    public static uint? KeyIdOf(ReadOnlySpan<byte> envelope) =>
        envelope.Length >= HeaderLength && envelope[0] is Version or OwnedVersion ? BinaryPrimitives.ReadUInt32BigEndian(envelope[1..]) : null;

    /// <returns>Whose secret opens an envelope; null when none is needed.</returns>
    public static Guid? OwnerOf(ReadOnlySpan<byte> envelope) =>
        envelope.Length >= OwnedHeaderLength && envelope[0] == OwnedVersion ? new Guid(envelope[HeaderLength..OwnedHeaderLength], bigEndian: true) : null;

    /// <summary>A copy of the key, for a server that wraps it under another.</summary>
    public byte[] ExportKey() => [.. masterKey];

    public byte[] Encrypt(string purpose, ReadOnlySpan<byte> plain)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], KeyId);
        return Close(PurposeKey("encrypt:" + purpose), header, plain);
    }

    /// <summary>Encrypts for one owner: who has the key but not the owner's secret opens nothing.</summary>
    public byte[] EncryptFor(Guid owner, ReadOnlySpan<byte> secret, string purpose, ReadOnlySpan<byte> plain)
    {
        Span<byte> header = stackalloc byte[OwnedHeaderLength];
        header[0] = OwnedVersion;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], KeyId);
        owner.TryWriteBytes(header[HeaderLength..], bigEndian: true, out _);
        return Close(OwnedKey(secret, purpose), header, plain);
    }

    public byte[] Decrypt(string purpose, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < HeaderLength + NonceLength + TagLength || envelope[0] != Version)
        {
            throw new CryptographicException("Not an envelope of this cipher.");
        }

        var id = KeyIdOf(envelope);
        return id == KeyId ? Open(PurposeKey("encrypt:" + purpose), envelope, HeaderLength)
            : former.FirstOrDefault(f => f.KeyId == id) is { } earlier ? earlier.Decrypt(purpose, envelope)
            : throw new CryptographicException("Encrypted under another App:MasterKey.");
    }

    /// <exception cref="CryptographicException">Changed, of another purpose, under another key, or of another secret.</exception>
    public byte[] DecryptFor(ReadOnlySpan<byte> secret, string purpose, ReadOnlySpan<byte> envelope) =>
        envelope.Length >= OwnedHeaderLength + NonceLength + TagLength && envelope[0] == OwnedVersion
            ? Open(OwnedKey(secret, purpose), envelope, OwnedHeaderLength)
            : throw new CryptographicException("Not an envelope of an owner.");

    public string BlindIndex(string purpose, string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(PurposeKey("index:" + purpose), Encoding.UTF8.GetBytes(value)));

    private static byte[] Close(byte[] key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> plain)
    {
        var envelope = new byte[header.Length + NonceLength + TagLength + plain.Length];
        header.CopyTo(envelope);
        var nonce = envelope.AsSpan(header.Length, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, envelope.AsSpan(header.Length + NonceLength + TagLength), envelope.AsSpan(header.Length + NonceLength, TagLength), header);
        return envelope;
    }

    private static byte[] Open(byte[] key, ReadOnlySpan<byte> envelope, int header)
    {
        var plain = new byte[envelope.Length - header - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(envelope.Slice(header, NonceLength), envelope[(header + NonceLength + TagLength)..], envelope.Slice(header + NonceLength, TagLength), plain, envelope[..header]);
        return plain;
    }

    private static byte[] Key(string? text)
    {
        var key = text is null ? [] : Convert.FromBase64String(text);
        return key.Length == 32 ? key : throw new InvalidOperationException("App:MasterKey: base64 of 32 bytes is needed.");
    }

    private byte[] OwnedKey(ReadOnlySpan<byte> secret, string purpose)
    {
        var key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, key, secret, Encoding.UTF8.GetBytes("encrypt:" + purpose));
        return key;
    }

    /// <summary>Derived once for each purpose: purposes are constants of the code, few.</summary>
    private byte[] PurposeKey(string purpose) => purposeKeys.GetOrAdd(
        purpose, static (text, master) => HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: Encoding.UTF8.GetBytes(text)), masterKey);
}
