using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Public keys that nobody here would make: DER SubjectPublicKeyInfo.</summary>
internal static class StrangeKeys
{
    private static readonly SecureRandom Random = new();

    public static byte[] P192()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(X9ObjectIdentifiers.Prime192v1, Random));
        return SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
    }

    /// <summary>An RSA key of exactly so many bits.</summary>
    public static byte[] Rsa(int bits)
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65537), Random, bits, 20));
        return SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
    }

    /// <summary>P-256 with its parameters written out, as CVE-2020-0601 needs it.</summary>
    public static byte[] ExplicitCurve()
    {
        var curve = ECNamedCurveTable.GetByName("P-256");
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(new ECDomainParameters(curve), Random));
        return SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
    }

    public static byte[] Dsa()
    {
        var parameters = new DsaParametersGenerator();
        parameters.Init(1024, 20, Random);
        var generator = new DsaKeyPairGenerator();
        generator.Init(new DsaKeyGenerationParameters(Random, parameters.GenerateParameters()));
        return SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(generator.GenerateKeyPair().Public).GetDerEncoded();
    }
}
