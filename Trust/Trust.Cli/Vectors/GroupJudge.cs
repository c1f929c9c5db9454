using System.Text.Json;
using Yinxin.Trust.Cli.Vectors.Jose;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cli.Vectors;

/// <summary>Chooses by a group's type how its tests are judged.</summary>
internal static class GroupJudge
{
    /// <summary>Published sets judge the arithmetic of short keys too, so they are read down to this; the library's own limit is 2048.</summary>
    private const int SmallestModulus = 1024;

    /// <exception cref="VectorException">The type, a hash or a curve is not known.</exception>
    public static Func<JsonElement, Verdict> For(JsonElement group) => group.Text("type") switch
    {
        "EcdsaVerify" => Signature(group, new EcdsaScheme(Hash(group, "sha")) { Curve = GroupKey.Curve(group) }),
        "EcdsaP1363Verify" => Signature(group, new EcdsaScheme(Hash(group, "sha")) { Curve = GroupKey.Curve(group), Format = PairFormat.Fixed }),
        "EcdsaBitcoinVerify" => Signature(group, new EcdsaScheme(Hash(group, "sha")) { Curve = GroupKey.Curve(group), LowS = true }),
        "EddsaVerify" => Signature(group, new EdDsaScheme(GroupKey.IsEd448(group))),
        "RsassaPkcs1Verify" or "RsassaPkcs1Generate" => Signature(group, new RsaPkcs1Scheme(Hash(group, "sha")) { SmallestModulus = Modulus(group) }),
        "RsassaPssVerify" or "RsassaPssWithParametersVerify" => Signature(group, Pss(group)),
        "DsaVerify" => Signature(group, new DsaScheme(Hash(group, "sha"))),
        "DsaP1363Verify" => Signature(group, new DsaScheme(Hash(group, "sha")) { Format = PairFormat.Fixed }),
        "Sm2Verify" => Sm2(group),
        "JsonWebSignature" or "JsonWebKey" or "JsonWebCrypto" => JwsJudge.For(group),
        null => throw new VectorException("a group has no type"),
        var type => throw new VectorException($"groups of type {type} are not known here: ECDSA, EdDSA, RSA, DSA, JWS and SM2 signatures are"),
    };

    private static Func<JsonElement, Verdict> Signature(JsonElement group, SignatureScheme scheme)
    {
        var key = GroupKey.Read(group);
        return test => Verdict.Of(SignatureVerifier.Verify(key, scheme, test.Bytes("msg"), test.Bytes("sig")));
    }

    /// <summary>The user id stands in the group or in the test; where neither names one, the default of GB/T 35276.</summary>
    private static Func<JsonElement, Verdict> Sm2(JsonElement group)
    {
        if (Hash(group, "sha") != HashFunction.Sm3)
        {
            throw new VectorException("SM2 is known with SM3 only");
        }

        var key = GroupKey.Read(group);
        var groupId = group.OptionalBytes("userId");
        return test =>
        {
            var id = test.OptionalBytes("userId") ?? groupId;
            var scheme = new Sm2Scheme { UserId = id is null ? null : new ReadOnlyMemory<byte>(id) };
            return Verdict.Of(SignatureVerifier.Verify(key, scheme, test.Bytes("msg"), test.Bytes("sig")));
        };
    }

    private static RsaPssScheme Pss(JsonElement group)
    {
        var hash = Hash(group, "sha");
        var mask = group.Text("mgf") switch
        {
            "MGF1" => Hash(group, "mgfSha"),
            "SHAKE128" or "SHAKE256" => Hash(group, "mgf"),
            var other => throw new VectorException($"the mask function {other} is not known"),
        };
        return new RsaPssScheme(hash, mask, group.Number("sLen")) { SmallestModulus = Modulus(group) };
    }

    private static int Modulus(JsonElement group) => !group.TryGetProperty("keySize", out _) || group.Number("keySize") >= SmallestModulus
        ? SmallestModulus
        : throw new VectorException($"RSA keys below {SmallestModulus} bits are not looked at");

    private static HashFunction Hash(JsonElement group, string name) => group.Text(name) switch
    {
        "SHA-1" => HashFunction.Sha1,
        "SHA-224" => HashFunction.Sha224,
        "SHA-256" => HashFunction.Sha256,
        "SHA-384" => HashFunction.Sha384,
        "SHA-512" => HashFunction.Sha512,
        "SHA-512/224" => HashFunction.Sha512Bits224,
        "SHA-512/256" => HashFunction.Sha512Bits256,
        "SHA3-224" => HashFunction.Sha3Bits224,
        "SHA3-256" => HashFunction.Sha3Bits256,
        "SHA3-384" => HashFunction.Sha3Bits384,
        "SHA3-512" => HashFunction.Sha3Bits512,
        "SHAKE128" => HashFunction.Shake128,
        "SHAKE256" => HashFunction.Shake256,
        "SM3" => HashFunction.Sm3,
        null => throw new VectorException($"a group has no {name}"),
        var other => throw new VectorException($"the hash {other} is not known"),
    };
}
