using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>Ed25519 and Ed448 keys (RFC 8032, RFC 8410 §3: no parameters).</summary>
internal sealed class EdwardsKey : VerificationKey
{
    private readonly Ed25519PublicKeyParameters? ed25519;
    private readonly Ed448PublicKeyParameters? ed448;

    public EdwardsKey(PublicKeyInfo info)
    {
        var curve448 = info.Algorithm == PublicKeyInfo.Ed448;
        if (!info.Parameters.IsEmpty || info.Key.Length != (curve448 ? Ed448.PublicKeySize : Ed25519.PublicKeySize))
        {
            throw new CryptographicException("Not an Edwards key by RFC 8410.");
        }

        // The constructors refuse what is no point of the curve, and points of small order.
        if (curve448)
        {
            ed448 = new Ed448PublicKeyParameters(info.Key.ToArray());
        }
        else
        {
            ed25519 = new Ed25519PublicKeyParameters(info.Key.ToArray());
        }
    }

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (scheme is not EdDsaScheme eddsa || eddsa.Curve448 != (ed448 is not null)
            || signature.Length != (eddsa.Curve448 ? Ed448.SignatureSize : Ed25519.SignatureSize))
        {
            return false;
        }

        return ed448 is null
            ? ed25519!.Verify(Ed25519.Algorithm.Ed25519, null, data.ToArray(), 0, data.Length, signature.ToArray(), 0)
            : ed448.Verify(Ed448.Algorithm.Ed448, [], data.ToArray(), 0, data.Length, signature.ToArray(), 0);
    }
}
