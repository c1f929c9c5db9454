using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>DSA keys, for old foreign certificates only. Parameters inherited from the issuer (RFC 3279 §2.3.2) must have been filled in by the path's validator.</summary>
internal sealed class DsaKey : VerificationKey
{
    private readonly byte[] order;
    private readonly DsaSigner verifier = new();

    public DsaKey(PublicKeyInfo info)
    {
        var read = DsaParameter.GetInstance(Asn1Object.FromByteArray(info.Parameters.ToArray()));
        var (p, q, g) = (read.P, read.Q, read.G);
        var y = DerInteger.GetInstance(Asn1Object.FromByteArray(info.Key.ToArray())).Value;
        var sound = p.BitLength is >= 1024 and <= 3072 && q.BitLength is 160 or 224 or 256
            && p.SignValue > 0 && q.SignValue > 0 && p.TestBit(0) && q.TestBit(0)
            && IsElement(g, p, q) && IsElement(y, p, q);
        if (!sound)
        {
            throw new CryptographicException("Not a sound DSA key.");
        }

        order = q.ToByteArrayUnsigned();
        verifier.Init(forSigning: false, new DsaPublicKeyParameters(y, new DsaParameters(p, q, g)));
    }

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        scheme is DsaScheme dsa
        && SignaturePair.TryRead(signature, dsa.Format, order, out var pair)
        && verifier.VerifySignature(Hashing.Hash(dsa.Hash, data), new BigInteger(1, pair.R), new BigInteger(1, pair.S));

    /// <summary>In the subgroup of order q and not 1: other values let signatures be made without the key.</summary>
    private static bool IsElement(BigInteger value, BigInteger p, BigInteger q) =>
        value.CompareTo(BigInteger.One) > 0 && value.CompareTo(p) < 0 && value.ModPow(q, p).Equals(BigInteger.One);
}
