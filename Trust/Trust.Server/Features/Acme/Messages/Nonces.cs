using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Acme.Messages;

/// <summary>
/// Nonces (RFC 8555 §6.5). Giving one out stores nothing, so that nobody can fill the database by asking: it says when it was made, under a MAC
/// that every node knows. Its use is stored, so that it is used once on however many nodes.
/// </summary>
internal sealed class Nonces(IDataCipher cipher, IOptions<AcmeSettings> settings, TimeProvider time)
{
    private const string Purpose = "acme.nonce";
    private const int TimeLength = 8;
    private const int RandomLength = 16;
    private const int MacLength = 16;

    public string Create()
    {
        var nonce = new byte[TimeLength + RandomLength + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce, time.GetUtcNow().ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(nonce.AsSpan(TimeLength, RandomLength));
        Mac(nonce).CopyTo(nonce.AsSpan(TimeLength + RandomLength));
        return Base64Url.EncodeToString(nonce);
    }

    /// <summary>Whether it is one of ours and young enough; it may be used already.</summary>
    public bool IsOurs(string? nonce) => Read(nonce) is not null;

    /// <summary>Uses it up.</summary>
    /// <returns>False when it is not ours, too old, or used before.</returns>
    public async Task<bool> UseAsync(string? nonce, TrustContext database, CancellationToken cancellationToken)
    {
        if (Read(nonce) is not { } bytes)
        {
            return false;
        }

        var key = Base64Url.EncodeToString(bytes.AsSpan(TimeLength, RandomLength));
        var until = (Made(bytes) + settings.Value.NonceLife + TimeSpan.FromMinutes(1)).UtcDateTime;
        return await database.Database.ExecuteSqlAsync(
            $"""INSERT INTO "AcmeUsedNonces" ("Value", "ExpiresAt") VALUES ({key}, {until}) ON CONFLICT DO NOTHING""", cancellationToken) == 1;
    }

    private byte[]? Read(string? nonce)
    {
        var bytes = new byte[TimeLength + RandomLength + MacLength];
        if (nonce is null || nonce.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(nonce, bytes, out var length) || length != bytes.Length
            || Base64Url.EncodeToString(bytes) != nonce || !CryptographicOperations.FixedTimeEquals(Mac(bytes), bytes.AsSpan(TimeLength + RandomLength)))
        {
            return null;
        }

        var age = time.GetUtcNow() - Made(bytes);
        // Nodes' clocks differ a little.
        return age <= settings.Value.NonceLife && age >= TimeSpan.FromMinutes(-1) ? bytes : null;
    }

    private static DateTimeOffset Made(byte[] nonce) => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(nonce));

    private byte[] Mac(byte[] nonce) =>
        Convert.FromHexString(cipher.BlindIndex(Purpose, Convert.ToHexString(nonce.AsSpan(0, TimeLength + RandomLength)))).AsSpan(0, MacLength).ToArray();
}
