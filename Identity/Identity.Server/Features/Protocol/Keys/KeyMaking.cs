using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>Makes a key; its private half leaves this method encrypted only.</summary>
internal static class KeyMaking
{
    /// <param name="id">Of the row (<see cref="KeyLife.NextId"/>).</param>
    /// <param name="algorithm">One of <see cref="KeyAlgorithms"/>.</param>
    /// <param name="personal">Encrypts.</param>
    /// <param name="now">It is published from here on.</param>
    /// <param name="activeFrom">It is used from here on.</param>
    public static ProtocolKey New(Guid id, string algorithm, PersonalData personal, DateTimeOffset now, DateTimeOffset activeFrom)
    {
        var (keyId, secret) = algorithm switch
        {
            KeyAlgorithms.EcdsaSignature => Ecdsa(),
            KeyAlgorithms.RsaSignature => Rsa(),
            _ => (Guid.NewGuid().ToString("N"), RandomNumberGenerator.GetBytes(32)),
        };
        var row = new ProtocolKey
        {
            Id = id,
            KeyId = keyId,
            Algorithm = algorithm,
            PrivateKeyCipher = personal.Protect(Purposes.ProtocolKey, secret),
            CreatedAt = now,
            ActiveFrom = activeFrom,
        };
        CryptographicOperations.ZeroMemory(secret);
        return row;
    }

    private static (string KeyId, byte[] Secret) Ecdsa()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (Thumbprint(new ECDsaSecurityKey(key)), key.ExportPkcs8PrivateKey());
    }

    private static (string KeyId, byte[] Secret) Rsa()
    {
        using var key = RSA.Create(2048);
        return (Thumbprint(new RsaSecurityKey(key)), key.ExportPkcs8PrivateKey());
    }

    /// <summary>RFC 7638: anybody can recompute the identifier from the public key.</summary>
    private static string Thumbprint(SecurityKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
}
