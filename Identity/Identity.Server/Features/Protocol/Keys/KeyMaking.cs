using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>Makes a key; its private half leaves this method encrypted only.</summary>
internal static class KeyMaking
{
    public static ProtocolKey New(string algorithm, PersonalData personal, DateTimeOffset now)
    {
        var (keyId, secret) = algorithm switch
        {
            KeyAlgorithms.EcdsaSignature => Ecdsa(),
            KeyAlgorithms.RsaSignature => Rsa(),
            _ => (Guid.NewGuid().ToString("N"), RandomNumberGenerator.GetBytes(32)),
        };
        var row = new ProtocolKey
        {
            Id = Guid.CreateVersion7(now),
            KeyId = keyId,
            Algorithm = algorithm,
            PrivateKeyCipher = personal.Protect(Purposes.ProtocolKey, secret),
            CreatedAt = now,
            ActiveFrom = now,
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
