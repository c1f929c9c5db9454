using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Yinxin.Trust.Ceremonies.Custody;

/// <summary>
/// A CMS recipient with an EC key: ephemeral-static ECDH, X9.63 key derivation with SHA-256 and AES-256 key wrap (RFC 5753 §3.1). BouncyCastle's own
/// derives the key from other parameters than it writes (NULL, which RFC 3565 §2.3.2 forbids), so that OpenSSL does not open it; its and the
/// platform's primitives are put together here as the RFC has them.
/// </summary>
internal sealed class EphemeralAgreement(X509Certificate custodian) : RecipientInfoGenerator
{
    private static readonly AlgorithmIdentifier Wrap = new(NistObjectIdentifiers.IdAes256Wrap);

    /// <inheritdoc/>
    public RecipientInfo Generate(KeyParameter contentEncryptionKey, SecureRandom random)
    {
        using var theirs = ECDiffieHellman.Create();
        theirs.ImportSubjectPublicKeyInfo(custodian.SubjectPublicKeyInfo.GetDerEncoded(), out _);
        using var ours = ECDiffieHellman.Create(theirs.ExportParameters(includePrivateParameters: false).Curve);
        var wrapping = Derive(ours, theirs.PublicKey);
        var engine = new AesWrapEngine();
        engine.Init(forWrapping: true, new KeyParameter(wrapping));
        CryptographicOperations.ZeroMemory(wrapping);
        var key = contentEncryptionKey.GetKey();
        var wrapped = new DerOctetString(engine.Wrap(key, 0, key.Length));
        CryptographicOperations.ZeroMemory(key);
        var spki = SubjectPublicKeyInfo.GetInstance(ours.ExportSubjectPublicKeyInfo());
        var recipient = new KeyAgreeRecipientIdentifier(new IssuerAndSerialNumber(custodian.CertificateStructure));
        return new RecipientInfo(new KeyAgreeRecipientInfo(
            new OriginatorIdentifierOrKey(new OriginatorPublicKey(spki.Algorithm, spki.PublicKey)), ukm: null,
            new AlgorithmIdentifier(SecObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme, Wrap), new DerSequence(new RecipientEncryptedKey(recipient, wrapped))));
    }

    /// <summary>The content of a message with one such recipient; the caller wipes it.</summary>
    /// <exception cref="CmsException">Another kind of message.</exception>
    public static byte[] Open(byte[] message, ECDiffieHellman key)
    {
        var data = EnvelopedData.GetInstance(ContentInfo.GetInstance(Asn1Object.FromByteArray(message)).Content);
        if (data.RecipientInfos.Count != 1 || RecipientInfo.GetInstance(data.RecipientInfos[0]).Info is not KeyAgreeRecipientInfo info
            || !info.KeyEncryptionAlgorithm.Equals(new AlgorithmIdentifier(SecObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme, Wrap))
            || info.Originator.OriginatorKey is not { } originator || info.RecipientEncryptedKeys.Count != 1)
        {
            throw new CmsException("another kind of recipient");
        }

        // On the custodian's own curve, named in the one way: a stranger does not choose curves here, nor parameters.
        if (!SubjectPublicKeyInfo.GetInstance(key.ExportSubjectPublicKeyInfo()).Algorithm.Equals(originator.Algorithm))
        {
            throw new CmsException("another curve");
        }

        using var theirs = ECDiffieHellman.Create();
        theirs.ImportSubjectPublicKeyInfo(new SubjectPublicKeyInfo(originator.Algorithm, originator.PublicKey).GetDerEncoded(), out _);
        var wrapping = Derive(key, theirs.PublicKey);
        var engine = new AesWrapEngine();
        engine.Init(forWrapping: false, new KeyParameter(wrapping));
        CryptographicOperations.ZeroMemory(wrapping);
        var wrapped = RecipientEncryptedKey.GetInstance(info.RecipientEncryptedKeys[0]).EncryptedKey.GetOctets();
        return Decrypt(data.EncryptedContentInfo, engine.Unwrap(wrapped, 0, wrapped.Length));
    }

    private static byte[] Decrypt(EncryptedContentInfo content, byte[] key)
    {
        try
        {
            if (!content.ContentEncryptionAlgorithm.Algorithm.Equals(NistObjectIdentifiers.IdAes256Cbc))
            {
                throw new CmsException("another cipher");
            }

            using var aes = Aes.Create();
            aes.Key = key;
            return aes.DecryptCbc(content.EncryptedContent.GetOctets(), Asn1OctetString.GetInstance(content.ContentEncryptionAlgorithm.Parameters).GetOctets());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>X9.63 with one round: SHA-256 over the shared secret, the counter 1, and ECC-CMS-SharedInfo (RFC 5753 §7.2), whose suppPubInfo is the length of the key in bits.</summary>
    private static byte[] Derive(ECDiffieHellman ours, ECDiffieHellmanPublicKey theirs)
    {
        var info = new DerSequence(Wrap, new DerTaggedObject(isExplicit: true, 2, new DerOctetString([0, 0, 1, 0]))).GetDerEncoded();
        return ours.DeriveKeyFromHash(theirs, HashAlgorithmName.SHA256, secretPrepend: null, secretAppend: [0, 0, 0, 1, .. info]);
    }
}
