using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys;

/// <summary>Stands for a key that lies on a machine without a network, such as a root's: everything about it is known, but it does not sign here.</summary>
public sealed class OfflineSigner : ISigner
{
    private readonly string name;

    /// <summary>The key that a certificate names.</summary>
    /// <exception cref="CryptographicException">Its key belongs to no suite.</exception>
    public OfflineSigner(X509Certificate certificate)
    {
        var key = certificate.SubjectPublicKeyInfo.GetDerEncoded();
        name = Certificates.DistinguishedName.CommonName(certificate.SubjectDN);
        PublicKey = key;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 20));
        Suite = SignatureVerifier.SuiteOf(key) ?? throw new CryptographicException($"The key of «{name}» belongs to no suite.");
        Algorithm = Suite == SignatureSuite.Sm ? SignatureAlgorithm.Sm2 : SignatureAlgorithm.Es256;
    }

    /// <inheritdoc/>
    public SignatureAlgorithm Algorithm { get; }

    /// <inheritdoc/>
    public SignatureSuite Suite { get; }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Always refuses.</summary>
    /// <exception cref="KeyStoreException">Every time (<see cref="KeyStoreException.Offline"/>).</exception>
    public byte[] Sign(ReadOnlySpan<byte> data) => throw new KeyStoreException(
        KeyStoreException.Offline, $"The key of «{name}» is kept offline and does not sign here.", $"«{name}»的私钥离线保存，不能在此签名。");
}
