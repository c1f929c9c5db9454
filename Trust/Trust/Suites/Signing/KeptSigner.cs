using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Yinxin.Trust.Suites.Signing;

/// <summary>A private key set up to sign, for one thread: setting up costs as much as a signature.</summary>
internal abstract class KeptSigner : IDisposable
{
    internal static readonly SecureRandom Random = new();

    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    public static KeptSigner Create(SignatureAlgorithm algorithm, byte[] pkcs8) => algorithm switch
    {
        SignatureAlgorithm.Es256 => new EcdsaSigner(pkcs8, HashAlgorithmName.SHA256),
        SignatureAlgorithm.Es384 => new EcdsaSigner(pkcs8, HashAlgorithmName.SHA384),
        SignatureAlgorithm.Rs256 => new RsaSigner(pkcs8, RSASignaturePadding.Pkcs1),
        SignatureAlgorithm.Ps256 => new RsaSigner(pkcs8, RSASignaturePadding.Pss),
        SignatureAlgorithm.Ed25519 => new EdwardsSigner(pkcs8),
        SignatureAlgorithm.Sm2 => new Sm2KeptSigner(pkcs8),
        _ => throw new CryptographicException("Unknown signature algorithm."),
    };

    private sealed class EcdsaSigner : KeptSigner
    {
        private readonly ECDsa key = ECDsa.Create();
        private readonly HashAlgorithmName hash;

        public EcdsaSigner(byte[] pkcs8, HashAlgorithmName hash)
        {
            this.hash = hash;
            key.ImportPkcs8PrivateKey(pkcs8, out _);
        }

        public override byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence);

        public override void Dispose()
        {
            key.Dispose();
            base.Dispose();
        }
    }

    /// <summary>PSS on the platform has a salt as long as the hash, as RFC 8017 §9.1 advises.</summary>
    private sealed class RsaSigner : KeptSigner
    {
        private readonly RSA key = RSA.Create();
        private readonly RSASignaturePadding padding;

        public RsaSigner(byte[] pkcs8, RSASignaturePadding padding)
        {
            this.padding = padding;
            key.ImportPkcs8PrivateKey(pkcs8, out _);
        }

        public override byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256, padding);

        public override void Dispose()
        {
            key.Dispose();
            base.Dispose();
        }
    }

    private sealed class EdwardsSigner(byte[] pkcs8) : KeptSigner
    {
        private readonly Ed25519PrivateKeyParameters key = (Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(pkcs8);

        public override byte[] Sign(ReadOnlySpan<byte> data)
        {
            var signer = new Ed25519Signer();
            signer.Init(forSigning: true, key);
            signer.BlockUpdate(data);
            return signer.GenerateSignature();
        }
    }

    /// <summary>BouncyCastle reads a key that names its curve onto the fast curve; Z is hashed once, here.</summary>
    private sealed class Sm2KeptSigner : KeptSigner
    {
        private readonly SM2Signer signer = new();

        public Sm2KeptSigner(byte[] pkcs8) => signer.Init(
            forSigning: true, new ParametersWithID(new ParametersWithRandom(PrivateKeyFactory.CreateKey(pkcs8), Random), SoftwareSigner.DefaultUserId));

        public override byte[] Sign(ReadOnlySpan<byte> data)
        {
            signer.BlockUpdate(data);
            return signer.GenerateSignature();
        }
    }
}
