using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Data;

/// <summary>Encrypts personal columns and private keys, and makes the keyed hashes by which encrypted values are found.</summary>
internal sealed class PersonalData
{
    private readonly byte[] encryptionKey;
    private readonly byte[] indexKey;

    public PersonalData(IOptions<AppSettings> settings)
    {
        var master = Convert.FromBase64String(settings.Value.MasterKey
            ?? throw new InvalidOperationException("App:MasterKey: Identity needs a master key (base64 of 32 bytes)."));
        encryptionKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: "identity.columns"u8.ToArray());
        indexKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: "identity.index"u8.ToArray());
    }

    /// <summary>AES-256-GCM; <paramref name="purpose"/> is authenticated, so a value cannot be moved to another column.</summary>
    public string Protect(string purpose, ReadOnlySpan<byte> value)
    {
        var envelope = new byte[12 + 16 + value.Length];
        RandomNumberGenerator.Fill(envelope.AsSpan(0, 12));
        using var aes = new AesGcm(encryptionKey, 16);
        aes.Encrypt(envelope.AsSpan(0, 12), value, envelope.AsSpan(28), envelope.AsSpan(12, 16), Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String(envelope);
    }

    public string Protect(string purpose, string value) => Protect(purpose, Encoding.UTF8.GetBytes(value));

    public byte[] UnprotectBytes(string purpose, string envelope)
    {
        var bytes = Convert.FromBase64String(envelope);
        var value = new byte[bytes.Length - 28];
        using var aes = new AesGcm(encryptionKey, 16);
        aes.Decrypt(bytes.AsSpan(0, 12), bytes.AsSpan(28), bytes.AsSpan(12, 16), value, Encoding.UTF8.GetBytes(purpose));
        return value;
    }

    public string Unprotect(string purpose, string envelope) => Encoding.UTF8.GetString(UnprotectBytes(purpose, envelope));

    /// <summary>HMAC-SHA256 over purpose and value: equal values are found, nothing else is learnt.</summary>
    public string Index(string purpose, string value) =>
        Convert.ToBase64String(HMACSHA256.HashData(indexKey, Encoding.UTF8.GetBytes(purpose + "\n" + value)));
}
