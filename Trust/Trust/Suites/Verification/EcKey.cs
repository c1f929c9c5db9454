using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>ECDSA keys: the NIST curves on the platform's classes, which are several times faster, all others on BouncyCastle.</summary>
internal sealed class EcKey : VerificationKey
{
    public const string P256 = "1.2.840.10045.3.1.7";
    public const string P384 = "1.3.132.0.34";
    public const string P521 = "1.3.132.0.35";

    private readonly string curve;
    private readonly byte[] order;
    private readonly byte[] halfOrder;
    private readonly ECDsa? platform;
    private readonly ECDsaSigner? other;

    public EcKey(PublicKeyInfo info)
    {
        // Explicit parameters are refused: RFC 5480 §2.1.1, and whoever chooses the generator can choose the signature (CVE-2020-0601).
        curve = info.NamedCurve() ?? throw new CryptographicException("Only named curves are read.");
        var key = EcPoint.Read(curve, info.Key.Span);
        order = key.Parameters.N.ToByteArrayUnsigned();
        halfOrder = key.Parameters.N.ShiftRight(1).ToByteArrayUnsigned();
        if (IsPlatform(curve))
        {
            platform = ECDsa.Create(Platform(key));
        }
        else
        {
            other = new ECDsaSigner();
            other.Init(forSigning: false, key);
        }
    }

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (scheme is not EcdsaScheme ecdsa
            || !(ecdsa.Curve is null ? IsPlatform(curve) : ecdsa.Curve == curve)
            || !SignaturePair.TryRead(signature, ecdsa.Format, order, out var pair)
            || (ecdsa.LowS && SignaturePair.Compare(pair.S, halfOrder) > 0))
        {
            return false;
        }

        var hash = Hashing.Hash(ecdsa.Hash, data);
        return platform is null
            ? other!.VerifySignature(hash, new BigInteger(1, pair.R), new BigInteger(1, pair.S))
            : platform.VerifyHash(hash, signature, ecdsa.Format == PairFormat.Der ? DSASignatureFormat.Rfc3279DerSequence : DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    protected override void Release() => platform?.Dispose();

    private static bool IsPlatform(string curve) => curve is P256 or P384 or P521;

    private ECParameters Platform(ECPublicKeyParameters key)
    {
        var q = key.Q.Normalize();
        return new ECParameters
        {
            Curve = ECCurve.CreateFromValue(curve),
            Q = new ECPoint { X = q.AffineXCoord.GetEncoded(), Y = q.AffineYCoord.GetEncoded() },
        };
    }
}
