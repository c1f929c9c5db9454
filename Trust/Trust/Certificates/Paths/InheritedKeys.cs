using System.Formats.Asn1;
using System.Security.Cryptography;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>What keys are besides bytes: DSA keys may leave their parameters to the issuer's key (RFC 3279 §2.3.2, RFC 5280 §6.1.4 d to f).</summary>
internal static class InheritedKeys
{
    /// <summary>True when the key cannot be used without its issuer's parameters.</summary>
    public static bool IsIncomplete(ReadOnlyMemory<byte> publicKey) => Read(publicKey) is { Algorithm: PublicKeyInfo.Dsa, Parameters.IsEmpty: true };

    /// <summary>The key, with the issuer's parameters where it has none of its own and the issuer's is of the same kind.</summary>
    public static ReadOnlyMemory<byte> Complete(ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> issuerKey)
    {
        if (!IsIncomplete(publicKey) || Read(issuerKey) is not { Algorithm: PublicKeyInfo.Dsa, Parameters.IsEmpty: false } issuer)
        {
            return publicKey;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(PublicKeyInfo.Dsa);
                writer.WriteEncodedValue(issuer.Parameters.Span);
            }

            writer.WriteBitString(Read(publicKey)!.Key.Span);
        }

        return writer.Encode();
    }

    /// <summary>ML-DSA keys only sign.</summary>
    public static bool IsMlDsa(ReadOnlyMemory<byte> publicKey) => Read(publicKey)?.Algorithm is PublicKeyInfo.MlDsa44 or PublicKeyInfo.MlDsa65 or PublicKeyInfo.MlDsa87;

    private static PublicKeyInfo? Read(ReadOnlyMemory<byte> publicKey)
    {
        try
        {
            return PublicKeyInfo.Read(publicKey.Span);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
