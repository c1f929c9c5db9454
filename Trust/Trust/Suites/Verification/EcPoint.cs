using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>Reads points of named curves; BouncyCastle's fast curve where it has one.</summary>
internal static class EcPoint
{
    /// <summary>The curve's parameters, or null when it is not known.</summary>
    public static X9ECParameters? Curve(DerObjectIdentifier curve) => CustomNamedCurves.GetByOid(curve) ?? ECNamedCurveTable.GetByOid(curve);

    /// <summary>Only the uncompressed and the compressed form (SEC 1 §2.3.3); the hybrid one and infinity are refused, and so is a point off the curve.</summary>
    public static ECPublicKeyParameters Read(string oid, ReadOnlySpan<byte> encoded)
    {
        var identifier = new DerObjectIdentifier(oid);
        var curve = Curve(identifier) ?? throw new CryptographicException($"Curve {oid} is not known.");
        if (encoded is not [0x02 or 0x03 or 0x04, ..])
        {
            throw new CryptographicException("Not a point in compressed or uncompressed form.");
        }

        var point = curve.Curve.DecodePoint(encoded.ToArray());
        return new ECPublicKeyParameters("EC", point, new ECNamedDomainParameters(identifier, curve));
    }
}
