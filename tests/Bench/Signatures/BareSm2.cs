using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Signatures;

/// <summary>BouncyCastle's SM2 signer on its fast curve with nothing around it: set up once, no key to look up, no form to check. The limit of what is built on it.</summary>
internal sealed class BareSm2
{
    private readonly SM2Signer signer = new();
    private readonly SM2Signer verifier = new();

    public BareSm2(SoftwareSigner key)
    {
        var curve = CustomNamedCurves.GetByOid(GMObjectIdentifiers.sm2p256v1);
        var domain = new ECNamedDomainParameters(GMObjectIdentifiers.sm2p256v1, curve.Curve, curve.G, curve.N, curve.H);
        var pkcs8 = ((ECPrivateKeyParameters)PrivateKeyFactory.CreateKey(PrivateKeyInfo.GetInstance(key.ExportPkcs8()))).D;
        var point = curve.Curve.DecodePoint(SubjectPublicKeyInfo.GetInstance(key.PublicKey.ToArray()).PublicKey.GetBytes());
        signer.Init(forSigning: true, new ParametersWithRandom(new ECPrivateKeyParameters(pkcs8, domain), new SecureRandom()));
        verifier.Init(forSigning: false, new ECPublicKeyParameters(point, domain));
    }

    public byte[] Sign(byte[] message)
    {
        signer.BlockUpdate(message, 0, message.Length);
        return signer.GenerateSignature();
    }

    public bool Verify(byte[] message, byte[] signature)
    {
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature);
    }
}
