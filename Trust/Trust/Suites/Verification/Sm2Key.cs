using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>SM2 keys. The verifier for the default user id is kept: it has hashed Z and set up its curve already, which costs as much as a verification.</summary>
internal sealed class Sm2Key(PublicKeyInfo info) : VerificationKey
{
    private readonly ECPublicKeyParameters key = EcPoint.Read(SuiteIdentifiers.Sm2Curve.Id, info.Key.Span);
    private readonly byte[] order = Order;
    private SM2Signer? kept;

    private static byte[] Order { get; } = EcPoint.Curve(SuiteIdentifiers.Sm2Curve)!.N.ToByteArrayUnsigned();

    public override bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (scheme is not Sm2Scheme sm2 || !SignaturePair.TryRead(signature, PairFormat.Der, order, out _))
        {
            return false;
        }

        var verifier = sm2.UserId is { } id ? Verifier(id.ToArray()) : kept ??= Verifier(SoftwareSigner.DefaultUserId);
        verifier.BlockUpdate(data);
        return verifier.VerifySignature(signature.ToArray());
    }

    private SM2Signer Verifier(byte[] id)
    {
        var verifier = new SM2Signer();
        verifier.Init(forSigning: false, new ParametersWithID(key, id));
        return verifier;
    }
}
