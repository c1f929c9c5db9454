using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>The attributes with which keys are made and found.</summary>
internal static class KeyTemplates
{
    private const ulong RsaBits = 3072;
    private static readonly Pkcs11InteropFactories Factories = new();

    private static Net.Pkcs11Interop.HighLevelAPI.Factories.IObjectAttributeFactory Attributes => Factories.ObjectAttributeFactory;

    public static bool IsKeyId(string keyId) => keyId.Length == 40 && keyId.All(char.IsAsciiHexDigit);

    public static IObjectAttribute Id(string keyId) => Attributes.Create(CKA.CKA_ID, Convert.FromHexString(keyId));

    public static List<IObjectAttribute> Search(CKO kind, string? keyId = null) =>
        [Attributes.Create(CKA.CKA_CLASS, kind), Attributes.Create(CKA.CKA_TOKEN, true), .. keyId is null ? (IEnumerable<IObjectAttribute>)[] : [Id(keyId)]];

    public static List<IObjectAttribute> Public(TokenAlgorithm algorithm, string label) =>
    [
        .. Both(algorithm, label),
        Attributes.Create(CKA.CKA_PRIVATE, false),
        Attributes.Create(CKA.CKA_VERIFY, true),
        .. algorithm.Curve is { } curve
            ? (IEnumerable<IObjectAttribute>)[Attributes.Create(CKA.CKA_EC_PARAMS, curve.GetEncoded())]
            : [Attributes.Create(CKA.CKA_MODULUS_BITS, RsaBits), Attributes.Create(CKA.CKA_PUBLIC_EXPONENT, (byte[])[1, 0, 1])],
    ];

    /// <summary>It signs and does nothing else, and it never leaves.</summary>
    public static List<IObjectAttribute> Private(TokenAlgorithm algorithm, string label) =>
    [
        .. Both(algorithm, label),
        Attributes.Create(CKA.CKA_PRIVATE, true),
        Attributes.Create(CKA.CKA_SENSITIVE, true),
        Attributes.Create(CKA.CKA_EXTRACTABLE, false),
        Attributes.Create(CKA.CKA_SIGN, true),
        Attributes.Create(CKA.CKA_DECRYPT, false),
        Attributes.Create(CKA.CKA_UNWRAP, false),
        Attributes.Create(CKA.CKA_DERIVE, false),
    ];

    /// <summary>The id is drawn at random until the public key is known, from which the real one comes.</summary>
    private static IEnumerable<IObjectAttribute> Both(TokenAlgorithm algorithm, string label) =>
    [
        Attributes.Create(CKA.CKA_TOKEN, true),
        Attributes.Create(CKA.CKA_KEY_TYPE, algorithm.KeyType),
        Attributes.Create(CKA.CKA_LABEL, label),
        Attributes.Create(CKA.CKA_ID, RandomNumberGenerator.GetBytes(20)),
    ];
}
