using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys;

/// <summary>Whether a certificate and a key belong together: asked when they are loaded, because a signature by the wrong key is found only by whoever verifies it.</summary>
public static class CertificateKeys
{
    /// <summary>Does nothing when the certificate names the signer's public key.</summary>
    /// <exception cref="KeyStoreException">It names another (<see cref="KeyStoreException.Mismatch"/>).</exception>
    public static void RequireMatch(ISigner signer, X509Certificate certificate)
    {
        if (!signer.PublicKey.Span.SequenceEqual(certificate.SubjectPublicKeyInfo.GetDerEncoded()))
        {
            var name = certificate.SubjectDN.CommonName();
            throw new KeyStoreException(
                KeyStoreException.Mismatch,
                $"The certificate «{name}» is not for the key {signer.KeyId}.",
                $"证书«{name}»与密钥 {signer.KeyId} 不匹配。");
        }
    }
}
