using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Suites.Signing;

/// <summary>Makes and reads PKCS#8 keys. The bytes belong to whoever gets them, who wipes them.</summary>
internal static class PrivateKeys
{
    private const int RsaBits = 3072;

    /// <summary>The largest key that is read: RSA of 16384 bits has some 9 kB.</summary>
    private const int Largest = 12 * 1024;

    public static byte[] Generate(SignatureAlgorithm algorithm)
    {
        switch (algorithm)
        {
            case SignatureAlgorithm.Es256 or SignatureAlgorithm.Es384:
                using (var key = ECDsa.Create(algorithm == SignatureAlgorithm.Es256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384))
                {
                    return key.ExportPkcs8PrivateKey();
                }

            case SignatureAlgorithm.Rs256 or SignatureAlgorithm.Ps256:
                using (var key = RSA.Create(RsaBits))
                {
                    return key.ExportPkcs8PrivateKey();
                }

            case SignatureAlgorithm.Ed25519:
                return Ed25519();
            case SignatureAlgorithm.Sm2:
                var generator = new ECKeyPairGenerator();
                generator.Init(new ECKeyGenerationParameters(SuiteIdentifiers.Sm2Curve, KeptSigner.Random));
                return PrivateKeyInfoFactory.CreatePrivateKeyInfo(generator.GenerateKeyPair().Private).GetDerEncoded();
            default:
                throw new CryptographicException("Unknown signature algorithm.");
        }
    }

    /// <summary>The public half and the algorithm that the key is for when nobody says otherwise; an RSA key may also sign with the other padding.</summary>
    /// <exception cref="CryptographicException">Not a key of any of the algorithms.</exception>
    public static (SignatureAlgorithm Algorithm, byte[] PublicKey) Read(byte[] pkcs8)
    {
        if (pkcs8.Length > Largest)
        {
            throw new CryptographicException("The private key is too large.");
        }

        try
        {
            AsymmetricKeyParameter key = PrivateKeyFactory.CreateKey(pkcs8);
            return key switch
            {
                ECPrivateKeyParameters ec => (OfCurve(ec), Spki(new ECPublicKeyParameters(ec.AlgorithmName, ec.Parameters.G.Multiply(ec.D).Normalize(), ec.PublicKeyParamSet))),
                RsaPrivateCrtKeyParameters rsa => (SignatureAlgorithm.Rs256, Checked(Spki(new RsaKeyParameters(isPrivate: false, rsa.Modulus, rsa.PublicExponent)))),
                Ed25519PrivateKeyParameters ed25519 => (SignatureAlgorithm.Ed25519, Spki(ed25519.GeneratePublicKey())),
                _ => throw new CryptographicException("Keys of this kind belong to no suite."),
            };
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a PKCS#8 key of either suite.", e);
        }
    }

    /// <summary>Without the public half inside (RFC 5958 version 0), which older OpenSSL does not read.</summary>
    private static byte[] Ed25519()
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519PrivateKeyParameters.KeySize);
        try
        {
            return new PrivateKeyInfo(new AlgorithmIdentifier(new DerObjectIdentifier(PublicKeyInfo.Ed25519)), new DerOctetString(seed)).GetDerEncoded();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static SignatureAlgorithm OfCurve(ECPrivateKeyParameters key) => key.PublicKeyParamSet?.Id switch
    {
        EcKey.P256 => SignatureAlgorithm.Es256,
        EcKey.P384 => SignatureAlgorithm.Es384,
        var id when id == SuiteIdentifiers.Sm2Curve.Id => SignatureAlgorithm.Sm2,
        var id => throw new CryptographicException($"Curve {id} belongs to no suite."),
    };

    /// <summary>A key that nobody would accept a signature of must not sign: small, with a bad exponent, or of a known weak generator.</summary>
    private static byte[] Checked(byte[] spki)
    {
        using var key = new RsaKey(PublicKeyInfo.Read(spki));
        return key.ModulusBits >= 2048 ? spki : throw new CryptographicException("The RSA key is shorter than 2048 bits.");
    }

    private static byte[] Spki(AsymmetricKeyParameter key) => SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(key).GetDerEncoded();
}
