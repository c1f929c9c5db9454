using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>RSA keys; a key that is named for PSS verifies nothing else, and only with its own parameters (RFC 4055 §1.2, §3.3).</summary>
internal sealed class RsaKey : VerificationKey
{
    private const int LargestModulus = 16384;

    /// <summary>Smaller ones are read for those callers who say so; by default 2048 bits are asked for with each signature.</summary>
    private const int SmallestModulus = 1024;

    private readonly RSAParameters parameters;
    private readonly int modulusBits;
    private readonly bool pssOnly;
    private readonly RsaPssScheme? pssParameters;
    private readonly RSA? platform;

    public RsaKey(PublicKeyInfo info)
    {
        parameters = ReadKey(info.Key);
        var modulus = new BigInteger(parameters.Modulus, isUnsigned: true, isBigEndian: true);
        var exponent = new BigInteger(parameters.Exponent, isUnsigned: true, isBigEndian: true);
        modulusBits = (int)modulus.GetBitLength();
        pssOnly = info.Algorithm == PublicKeyInfo.RsaPss;
        if (modulusBits is < SmallestModulus or > LargestModulus || modulus.IsEven || exponent.IsEven || exponent <= 2 || exponent.GetBitLength() > 256 || Roca.IsWeak(modulus))
        {
            throw new CryptographicException("Not a sound RSA key.");
        }

        pssParameters = ReadParameters(info);
        if (exponent.GetBitLength() <= 64)
        {
            platform = RSA.Create(parameters);
        }
    }

    public int ModulusBits => modulusBits;

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // RFC 8017 §8.1.2 and §8.2.2, step 1: exactly as long as the modulus.
        if (signature.Length != (modulusBits + 7) / 8)
        {
            return false;
        }

        return scheme switch
        {
            RsaPkcs1Scheme pkcs1 => !pssOnly && modulusBits >= pkcs1.SmallestModulus && VerifyPkcs1(pkcs1.Hash, data, signature),
            RsaPssScheme pss => modulusBits >= pss.SmallestModulus && Allows(pss) && VerifyPss(pss, data, signature),
            _ => false,
        };
    }

    protected override void Release() => platform?.Dispose();

    private bool VerifyPkcs1(HashFunction hash, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        platform is not null && Hashing.PlatformName(hash) is { } name
            ? platform.VerifyHash(Hashing.Hash(hash, data), signature, name, RSASignaturePadding.Pkcs1)
            : RsaPadding.VerifyPkcs1(parameters, hash, data, signature);

    private bool VerifyPss(RsaPssScheme pss, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var isPlain = pss.Hash == pss.MaskHash && platform is not null;
        return isPlain && Hashing.PlatformName(pss.Hash) is { } name && Hashing.Hash(pss.Hash, data) is var hash && hash.Length == pss.SaltLength
            ? platform!.VerifyHash(hash, signature, name, RSASignaturePadding.Pss)
            : RsaPadding.VerifyPss(parameters, pss, data, signature);
    }

    private bool Allows(RsaPssScheme pss) => pssParameters is null
        || (pss.Hash == pssParameters.Hash && pss.MaskHash == pssParameters.MaskHash && pss.SaltLength >= pssParameters.SaltLength);

    /// <summary>rsaEncryption: NULL (RFC 3279 §2.3.1). id-RSASSA-PSS: absent, or what the key is bound to.</summary>
    private static RsaPssScheme? ReadParameters(PublicKeyInfo info)
    {
        if (info.Algorithm == PublicKeyInfo.Rsa)
        {
            return info.Parameters.Span is [0x05, 0x00] ? null : throw new CryptographicException("The parameters of an RSA key must be NULL.");
        }

        return info.Parameters.IsEmpty ? null
            : AlgorithmIdentifiers.ReadPss(Asn1Object.FromByteArray(info.Parameters.ToArray())) ?? throw new CryptographicException("The PSS parameters of the key are not known.");
    }

    private static RSAParameters ReadKey(ReadOnlyMemory<byte> key)
    {
        try
        {
            var reader = new AsnReader(key, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var modulus = sequence.ReadIntegerBytes().Span;
            var exponent = sequence.ReadIntegerBytes().Span;
            sequence.ThrowIfNotEmpty();
            return (modulus[0] & 0x80) == 0 && (exponent[0] & 0x80) == 0
                ? new RSAParameters { Modulus = modulus.TrimStart((byte)0).ToArray(), Exponent = exponent.TrimStart((byte)0).ToArray() }
                : throw new CryptographicException("A negative integer in an RSA key.");
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("Not a DER RSAPublicKey.", e);
        }
    }
}
