using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Yinxin.Trust.Suites;

/// <summary>A key in this process's memory. SM2 runs on BouncyCastle's custom curve; each thread keeps a signer, because making one costs as much as a signature.</summary>
public sealed class SoftwareSigner : ISigner, IDisposable
{
    internal static readonly byte[] DefaultUserId = "1234567812345678"u8.ToArray();
    private static readonly SecureRandom Random = new();
    private readonly byte[] pkcs8;
    private readonly ThreadLocal<ECDsa>? ecdsa;
    private readonly ThreadLocal<SM2Signer>? sm2;
    private bool disposed;

    private SoftwareSigner(SignatureSuite suite, byte[] pkcs8, byte[] publicKey)
    {
        Suite = suite;
        this.pkcs8 = pkcs8;
        PublicKey = publicKey;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 20));
        if (suite == SignatureSuite.Sm)
        {
            var key = (ECPrivateKeyParameters)PrivateKeyFactory.CreateKey(pkcs8);
            sm2 = new ThreadLocal<SM2Signer>(() =>
            {
                var signer = new SM2Signer();
                signer.Init(forSigning: true, new ParametersWithID(new ParametersWithRandom(key, Random), DefaultUserId));
                return signer;
            });
        }
        else
        {
            ecdsa = new ThreadLocal<ECDsa>(
                () =>
                {
                    var key = ECDsa.Create();
                    key.ImportPkcs8PrivateKey(pkcs8, out _);
                    return key;
                },
                trackAllValues: true);
        }
    }

    /// <inheritdoc/>
    public SignatureSuite Suite { get; }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A fresh key.</summary>
    public static SoftwareSigner Generate(SignatureSuite suite)
    {
        if (suite == SignatureSuite.International)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return new SoftwareSigner(suite, key.ExportPkcs8PrivateKey(), key.ExportSubjectPublicKeyInfo());
        }

        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, Random));
        AsymmetricCipherKeyPair pair = generator.GenerateKeyPair();
        return new SoftwareSigner(
            suite,
            PrivateKeyInfoFactory.CreatePrivateKeyInfo(pair.Private).GetDerEncoded(),
            SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded());
    }

    /// <summary>Reads an unencrypted PKCS#8 key; the curve decides the suite.</summary>
    /// <exception cref="CryptographicException">Not a key of either suite.</exception>
    public static SoftwareSigner FromPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var bytes = pkcs8.ToArray();
        try
        {
            var key = (ECPrivateKeyParameters)PrivateKeyFactory.CreateKey(bytes);
            var publicKey = new ECPublicKeyParameters(key.AlgorithmName, key.Parameters.G.Multiply(key.D).Normalize(), key.PublicKeyParamSet);
            var spki = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(publicKey).GetDerEncoded();
            var suite = key.PublicKeyParamSet.Equals(SuiteIdentifiers.Sm2Curve) ? SignatureSuite.Sm
                : key.PublicKeyParamSet.Equals(SuiteIdentifiers.P256) ? SignatureSuite.International
                : throw new CryptographicException($"Curve {key.PublicKeyParamSet} belongs to no suite.");
            return new SoftwareSigner(suite, bytes, spki);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("Not a PKCS#8 key of either suite.", e);
        }
    }

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (ecdsa is not null)
        {
            return ecdsa.Value!.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }

        var signer = sm2!.Value!;
        signer.BlockUpdate(data);
        return signer.GenerateSignature();
    }

    /// <summary>The unencrypted key; encrypt it before it touches a disk and wipe the array after.</summary>
    public byte[] ExportPkcs8() => (byte[])pkcs8.Clone();

    /// <summary>Wipes the key from memory.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        CryptographicOperations.ZeroMemory(pkcs8);
        if (ecdsa is not null)
        {
            foreach (var key in ecdsa.Values)
            {
                key.Dispose();
            }

            ecdsa.Dispose();
        }

        sm2?.Dispose();
    }
}
