using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>RSA signatures with hashes that the platform does not have everywhere.</summary>
internal static class RsaPadding
{
    /// <summary>The whole DigestInfo is compared with the only right one: nothing inside is parsed, so nothing can hide there (Bleichenbacher 2006).</summary>
    public static bool VerifyPkcs1(RSAParameters key, HashFunction hash, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var engine = new Pkcs1Encoding(new RsaEngine());
        engine.Init(forEncryption: false, Key(key));
        var info = engine.ProcessBlock(signature.ToArray(), 0, signature.Length);
        var right = new DigestInfo(new AlgorithmIdentifier(HashIdentifiers.Of(hash), DerNull.Instance), Hashing.Hash(hash, data)).GetDerEncoded();
        return CryptographicOperations.FixedTimeEquals(info, right);
    }

    public static bool VerifyPss(RSAParameters key, RsaPssScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var verifier = new PssSigner(new RsaEngine(), Hashing.Digest(scheme.Hash), Hashing.Digest(scheme.MaskHash), scheme.SaltLength);
        verifier.Init(forSigning: false, Key(key));
        verifier.BlockUpdate(data);
        return verifier.VerifySignature(signature.ToArray());
    }

    private static RsaKeyParameters Key(RSAParameters key) =>
        new(isPrivate: false, new BigInteger(1, key.Modulus), new BigInteger(1, key.Exponent));
}
