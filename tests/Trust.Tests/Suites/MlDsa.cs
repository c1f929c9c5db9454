using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>A key of ML-DSA, which the platform verifies and has itself no name for.</summary>
internal sealed class MlDsa : ISigner
{
    private readonly MLDsaParameters parameters;
    private readonly MLDsaPrivateKeyParameters key;

    public MlDsa(int parameterSet)
    {
        parameters = parameterSet switch { 44 => MLDsaParameters.ml_dsa_44, 65 => MLDsaParameters.ml_dsa_65, _ => MLDsaParameters.ml_dsa_87 };
        var generator = new MLDsaKeyPairGenerator();
        generator.Init(new MLDsaKeyGenerationParameters(new SecureRandom(), parameters));
        var pair = generator.GenerateKeyPair();
        key = (MLDsaPrivateKeyParameters)pair.Private;
        PublicKey = SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded();
    }

    public SignatureAlgorithm Algorithm => SignatureAlgorithm.Es256;

    public SignatureSuite Suite => SignatureSuite.International;

    public string KeyId => "";

    public ReadOnlyMemory<byte> PublicKey { get; }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var signer = new MLDsaSigner(parameters, deterministic: true);
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(data);
        return signer.GenerateSignature();
    }
}
