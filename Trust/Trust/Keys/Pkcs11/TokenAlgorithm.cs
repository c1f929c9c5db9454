using System.Globalization;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Sec;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>How one algorithm is said in PKCS#11 (OASIS Cryptoki 3.0, mechanisms §2.1, §2.3): what makes the key, what signs, and what goes into the signature.</summary>
/// <param name="Algorithm">Ours.</param>
/// <param name="KeyType">CKA_KEY_TYPE.</param>
/// <param name="Generate">Mechanism that makes the pair.</param>
/// <param name="Sign">Mechanism that signs.</param>
/// <param name="Curve">CKA_EC_PARAMS, null for RSA.</param>
internal sealed record TokenAlgorithm(SignatureAlgorithm Algorithm, ulong KeyType, ulong Generate, ulong Sign, DerObjectIdentifier? Curve)
{
    /// <summary>Cryptoki 3.0 numbers that the wrapper's lists (2.40) lack: CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA.</summary>
    private const ulong EdwardsKey = 0x40, EdwardsPair = 0x1055, EdDsa = 0x1057;

    private const ulong Mgf1Sha256 = 2;
    private static readonly Pkcs11InteropFactories Factories = new();

    /// <summary>The name of the signing mechanism, for messages.</summary>
    public string MechanismName => Name(Sign);

    /// <summary>ECDSA and SM2 answer r ‖ s, which everything but a token writes as DER.</summary>
    public bool AnswersRawPair => Algorithm is SignatureAlgorithm.Es256 or SignatureAlgorithm.Es384 or SignatureAlgorithm.Sm2;

    public static string Name(ulong mechanism) => mechanism switch
    {
        EdDsa => "CKM_EDDSA",
        EdwardsPair => "CKM_EC_EDWARDS_KEY_PAIR_GEN",
        _ when Enum.IsDefined(typeof(CKM), (uint)mechanism) && mechanism < (ulong)CKM.CKM_VENDOR_DEFINED => ((CKM)mechanism).ToString(),
        _ => "0x" + mechanism.ToString("X8", CultureInfo.InvariantCulture),
    };

    /// <summary>The algorithm in the token's words.</summary>
    /// <exception cref="KeyStoreException">SM2 without the vendor's numbers.</exception>
    public static TokenAlgorithm Of(SignatureAlgorithm algorithm, VendorSm2? sm2) => algorithm switch
    {
        SignatureAlgorithm.Es256 => Ecdsa(algorithm, SecObjectIdentifiers.SecP256r1),
        SignatureAlgorithm.Es384 => Ecdsa(algorithm, SecObjectIdentifiers.SecP384r1),
        SignatureAlgorithm.Rs256 => new(algorithm, (ulong)CKK.CKK_RSA, (ulong)CKM.CKM_RSA_PKCS_KEY_PAIR_GEN, (ulong)CKM.CKM_SHA256_RSA_PKCS, null),
        SignatureAlgorithm.Ps256 => new(algorithm, (ulong)CKK.CKK_RSA, (ulong)CKM.CKM_RSA_PKCS_KEY_PAIR_GEN, (ulong)CKM.CKM_SHA256_RSA_PKCS_PSS, null),
        SignatureAlgorithm.Ed25519 => new(algorithm, EdwardsKey, EdwardsPair, EdDsa, EdECObjectIdentifiers.id_Ed25519),
        _ => sm2 is null
            ? throw new KeyStoreException(
                KeyStoreException.NotSupported,
                "PKCS#11 has no standard SM2 mechanism: set the vendor's mechanism numbers (CKM_VENDOR_DEFINED + n), or keep SM2 keys in software.",
                "PKCS#11 标准没有 SM2 机制：请配置厂商机制编号（CKM_VENDOR_DEFINED + n），或将 SM2 密钥保存在软件中。")
            : new(algorithm, sm2.KeyType, sm2.GenerateMechanism, sm2.SignMechanism, SuiteIdentifiers.Sm2Curve),
    };

    /// <summary>The algorithm of a key that lies in the token, or null when we cannot use it.</summary>
    public static SignatureAlgorithm? Recognise(ulong keyType, byte[] parameters, VendorSm2? sm2) => keyType switch
    {
        (ulong)CKK.CKK_RSA => SignatureAlgorithm.Rs256,
        (ulong)CKK.CKK_EC when Is(parameters, SecObjectIdentifiers.SecP256r1) => SignatureAlgorithm.Es256,
        (ulong)CKK.CKK_EC when Is(parameters, SecObjectIdentifiers.SecP384r1) => SignatureAlgorithm.Es384,
        EdwardsKey when Is(parameters, EdECObjectIdentifiers.id_Ed25519) => SignatureAlgorithm.Ed25519,
        _ when sm2?.KeyType == keyType && Is(parameters, SuiteIdentifiers.Sm2Curve) => SignatureAlgorithm.Sm2,
        _ => null,
    };

    public IMechanism SignMechanism() => Algorithm == SignatureAlgorithm.Ps256
        ? Factories.MechanismFactory.Create(Sign, Factories.MechanismParamsFactory.CreateCkRsaPkcsPssParams((ulong)CKM.CKM_SHA256, Mgf1Sha256, SHA256.HashSizeInBytes))
        : Factories.MechanismFactory.Create(Sign);

    public IMechanism GenerateMechanism() => Factories.MechanismFactory.Create(Generate);

    /// <summary>What the mechanism is given: CKM_ECDSA and the vendors' SM2 take a digest, the others the data.</summary>
    public byte[] Input(ReadOnlySpan<byte> data, ReadOnlySpan<byte> publicKey) => Algorithm switch
    {
        SignatureAlgorithm.Es256 => SHA256.HashData(data),
        SignatureAlgorithm.Es384 => SHA384.HashData(data),
        SignatureAlgorithm.Sm2 => Sm2Digest.Of(publicKey, data),
        _ => data.ToArray(),
    };

    private static TokenAlgorithm Ecdsa(SignatureAlgorithm algorithm, DerObjectIdentifier curve) =>
        new(algorithm, (ulong)CKK.CKK_EC, (ulong)CKM.CKM_EC_KEY_PAIR_GEN, (ulong)CKM.CKM_ECDSA, curve);

    private static bool Is(byte[] parameters, DerObjectIdentifier curve) => parameters.AsSpan().SequenceEqual(curve.GetEncoded());
}
