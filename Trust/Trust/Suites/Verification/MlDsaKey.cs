using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>ML-DSA keys (FIPS 204, RFC 9881 §4: no parameters, the key as it is).</summary>
internal sealed class MlDsaKey : VerificationKey
{
    private readonly int parameterSet;
    private readonly MLDsaPublicKeyParameters key;
    private readonly MLDsaParameters parameters;

    public MlDsaKey(PublicKeyInfo info)
    {
        (parameterSet, parameters) = info.Algorithm switch
        {
            PublicKeyInfo.MlDsa44 => (44, MLDsaParameters.ml_dsa_44),
            PublicKeyInfo.MlDsa65 => (65, MLDsaParameters.ml_dsa_65),
            _ => (87, MLDsaParameters.ml_dsa_87),
        };
        if (!info.Parameters.IsEmpty)
        {
            throw new CryptographicException("Not an ML-DSA key by RFC 9881.");
        }

        key = MLDsaPublicKeyParameters.FromEncoding(parameters, info.Key.ToArray());
    }

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (scheme is not MlDsaScheme mlDsa || mlDsa.ParameterSet != parameterSet)
        {
            return false;
        }

        var verifier = new MLDsaSigner(parameters, deterministic: true);
        verifier.Init(forSigning: false, key);
        verifier.BlockUpdate(data);
        return verifier.VerifySignature(signature.ToArray());
    }
}
