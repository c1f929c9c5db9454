using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>AlgorithmIdentifiers of signatures, read and written: which parameters are absent, NULL or a structure is part of each standard.</summary>
internal static class AlgorithmIdentifiers
{
    private const string Ecdsa = "1.2.840.10045.4.";
    private const string Pkcs1 = "1.2.840.113549.1.1.";

    private static readonly DerObjectIdentifier Pss = new(Pkcs1 + "10");
    private static readonly DerObjectIdentifier Mgf1 = new(Pkcs1 + "8");

    /// <summary>RFC 5758 §3, RFC 8410 §6, RFC 3279 §2.2.2, RFC 9881 §2: parameters MUST be absent.</summary>
    private static readonly Dictionary<DerObjectIdentifier, SignatureScheme> WithoutParameters = new()
    {
        [new(Ecdsa + "1")] = new EcdsaScheme(HashFunction.Sha1),
        [new(Ecdsa + "3.1")] = new EcdsaScheme(HashFunction.Sha224),
        [new(Ecdsa + "3.2")] = new EcdsaScheme(HashFunction.Sha256),
        [new(Ecdsa + "3.3")] = new EcdsaScheme(HashFunction.Sha384),
        [new(Ecdsa + "3.4")] = new EcdsaScheme(HashFunction.Sha512),
        [new("1.3.101.112")] = new EdDsaScheme(Curve448: false),
        [new("1.3.101.113")] = new EdDsaScheme(Curve448: true),
        [new("1.2.840.10040.4.3")] = new DsaScheme(HashFunction.Sha1),
        [new("2.16.840.1.101.3.4.3.1")] = new DsaScheme(HashFunction.Sha224),
        [new("2.16.840.1.101.3.4.3.2")] = new DsaScheme(HashFunction.Sha256),
        [new(PublicKeyInfo.MlDsa44)] = new MlDsaScheme(44),
        [new(PublicKeyInfo.MlDsa65)] = new MlDsaScheme(65),
        [new(PublicKeyInfo.MlDsa87)] = new MlDsaScheme(87),
    };

    /// <summary>RFC 4055 §5 (NULL is written; absent MUST be accepted), GB/T 33560 (absent is written, NULL occurs).</summary>
    private static readonly Dictionary<DerObjectIdentifier, SignatureScheme> WithNullOrNothing = new()
    {
        [new(Pkcs1 + "5")] = new RsaPkcs1Scheme(HashFunction.Sha1),
        [new(Pkcs1 + "14")] = new RsaPkcs1Scheme(HashFunction.Sha224),
        [new(Pkcs1 + "11")] = new RsaPkcs1Scheme(HashFunction.Sha256),
        [new(Pkcs1 + "12")] = new RsaPkcs1Scheme(HashFunction.Sha384),
        [new(Pkcs1 + "13")] = new RsaPkcs1Scheme(HashFunction.Sha512),
        [SuiteIdentifiers.Sm2WithSm3] = new Sm2Scheme(),
    };

    public static SignatureScheme Scheme(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.Es256 => new EcdsaScheme(HashFunction.Sha256) { Curve = EcKey.P256 },
        SignatureAlgorithm.Es384 => new EcdsaScheme(HashFunction.Sha384) { Curve = EcKey.P384 },
        SignatureAlgorithm.Rs256 => new RsaPkcs1Scheme(HashFunction.Sha256),
        SignatureAlgorithm.Ps256 => new RsaPssScheme(HashFunction.Sha256, HashFunction.Sha256, 32),
        SignatureAlgorithm.Ed25519 => new EdDsaScheme(Curve448: false),
        SignatureAlgorithm.Sm2 => new Sm2Scheme(),
        _ => throw new CryptographicException("Unknown signature algorithm."),
    };

    public static AlgorithmIdentifier Identifier(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.Es256 => new(SuiteIdentifiers.EcdsaWithSha256),
        SignatureAlgorithm.Es384 => new(new DerObjectIdentifier(Ecdsa + "3.3")),
        SignatureAlgorithm.Rs256 => new(new DerObjectIdentifier(Pkcs1 + "11"), DerNull.Instance),
        SignatureAlgorithm.Ps256 => new(Pss, PssParameters(HashFunction.Sha256, 32)),
        SignatureAlgorithm.Ed25519 => new(new DerObjectIdentifier("1.3.101.112")),
        SignatureAlgorithm.Sm2 => new(SuiteIdentifiers.Sm2WithSm3),
        _ => throw new CryptographicException("Unknown signature algorithm."),
    };

    public static SignatureScheme? Scheme(AlgorithmIdentifier algorithm)
    {
        if (algorithm.Algorithm.Equals(Pss))
        {
            return algorithm.Parameters is null ? null : ReadPss(algorithm.Parameters);
        }

        return algorithm.Parameters is null && WithoutParameters.TryGetValue(algorithm.Algorithm, out var bare) ? bare
            : algorithm.Parameters is null or Asn1Null && WithNullOrNothing.TryGetValue(algorithm.Algorithm, out var scheme) ? scheme
            : null;
    }

    /// <summary>RSASSA-PSS-params (RFC 4055 §3.1): known hash, MGF1 with a known hash, trailer 1. Null when it is anything else.</summary>
    public static RsaPssScheme? ReadPss(Asn1Encodable parameters)
    {
        try
        {
            var read = RsassaPssParameters.GetInstance(parameters.ToAsn1Object());
            return HashIdentifiers.Function(read.HashAlgorithm) is { } hash
                && read.MaskGenAlgorithm.Algorithm.Equals(Mgf1)
                && read.MaskGenAlgorithm.Parameters is { } mask
                && HashIdentifiers.Function(AlgorithmIdentifier.GetInstance(mask.ToAsn1Object())) is { } maskHash
                && read.SaltLength.IntValueExact is >= 0 and <= 2048
                && read.TrailerField.IntValueExact == 1
                ? new RsaPssScheme(hash, maskHash, read.SaltLength.IntValueExact)
                : null;
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            return null;
        }
    }

    /// <summary>Written with NULL inside, as RFC 4055 §2.1 wants of the hash identifiers.</summary>
    private static RsassaPssParameters PssParameters(HashFunction hash, int saltLength)
    {
        var identifier = new AlgorithmIdentifier(HashIdentifiers.Of(hash), DerNull.Instance);
        return new RsassaPssParameters(identifier, new AlgorithmIdentifier(Mgf1, identifier), DerInteger.ValueOf(saltLength), DerInteger.ValueOf(1));
    }
}
