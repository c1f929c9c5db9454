using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Custody;

/// <summary>A share encrypted to its custodian: CMS EnvelopedData with AES-256 (RFC 5652 §6), RSA-OAEP (RFC 3560) or ephemeral ECDH (RFC 5753), in PEM. <c>openssl cms -decrypt -inform PEM</c> opens it too.</summary>
public static class ShareEnvelope
{
    private const string Label = "CMS";
    private const int Largest = 16 * 1024;

    /// <summary>Encrypts.</summary>
    public static string Seal(KeyShare share, X509Certificate custodian)
    {
        var json = share.ToJson();
        try
        {
            var generator = new CmsEnvelopedDataGenerator();
            if (custodian.GetPublicKey() is ECPublicKeyParameters)
            {
                generator.AddRecipientInfoGenerator(new EphemeralAgreement(custodian));
            }
            else
            {
                generator.AddKeyTransRecipient("RSA/NONE/OAEPWITHSHA256ANDMGF1PADDING", custodian);
            }

            var sealedShare = generator.Generate(new CmsProcessableByteArray(json), NistObjectIdentifiers.IdAes256Cbc).ContentInfo.GetDerEncoded();
            return PemEncoding.WriteString(Label, sealedShare) + "\n";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    /// <summary>Decrypts.</summary>
    /// <param name="pem">As <see cref="Seal"/> wrote it.</param>
    /// <param name="pkcs8">The custodian's private key, unencrypted; the caller wipes it.</param>
    /// <exception cref="CeremonyException">Malformed, or for another key (<see cref="CeremonyException.ChangedShare"/>).</exception>
    public static KeyShare Open(string pem, ReadOnlySpan<byte> pkcs8)
    {
        byte[]? json = null;
        try
        {
            json = PrivateKeyFactory.CreateKey(pkcs8.ToArray()) is ECPrivateKeyParameters ? OpenAgreed(Der(pem), pkcs8) : OpenTransported(Der(pem), pkcs8);
            return KeyShare.Parse(json);
        }
        catch (Exception e) when (e is CmsException or CryptographicException and not CeremonyException || Malformed.Is(e))
        {
            throw new CeremonyException(CeremonyException.ChangedShare, "The share cannot be opened: changed, or encrypted to another key.", "无法打开份额：被改动，或不是用该密钥加密。", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    private static byte[] OpenAgreed(byte[] message, ReadOnlySpan<byte> pkcs8)
    {
        using var key = ECDiffieHellman.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return EphemeralAgreement.Open(message, key);
    }

    private static byte[] OpenTransported(byte[] message, ReadOnlySpan<byte> pkcs8) =>
        new CmsEnvelopedData(message).GetRecipientInfos().GetRecipients() is [KeyTransRecipientInformation only]
            ? only.GetContent(PrivateKeyFactory.CreateKey(pkcs8.ToArray())) : throw new CmsException("another kind of recipient");

    private static byte[] Der(string pem) => pem.Length <= Largest && PemEncoding.TryFind(pem, out var fields) && pem.AsSpan()[fields.Label].SequenceEqual(Label)
        ? Convert.FromBase64String(pem[fields.Base64Data]) : throw new CmsException("no PEM of CMS");
}
