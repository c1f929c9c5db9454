using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Keys.Pkcs11;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Makes and opens the authorities' keys: encrypted in the database, in the token (the record then says <c>pkcs11:id=…</c>), or offline (the record then holds none).</summary>
internal sealed class AuthorityKeys(IDataCipher cipher, IOptions<KeySettings> settings) : IDisposable
{
    private const string KeyPurpose = "trust-authority-key";
    private const string TokenReference = "pkcs11:id=";
    private readonly Lazy<Pkcs11KeyStore> token = new(() => new Pkcs11KeyStore(settings.Value.Token()));
    private readonly List<string> fresh = [];

    /// <summary>A new key, and what the record keeps of it.</summary>
    public (ISigner Signer, byte[] Stored) Create(string name, SignatureSuite suite)
    {
        if (settings.Value.InToken(suite))
        {
            var inToken = token.Value.Create(suite == SignatureSuite.Sm ? SignatureAlgorithm.Sm2 : SignatureAlgorithm.Es256, name);
            fresh.Add(inToken.KeyId);
            return (inToken, Encoding.ASCII.GetBytes(TokenReference + inToken.KeyId));
        }

        var signer = SoftwareSigner.Generate(suite);
        var pkcs8 = signer.ExportPkcs8();
        var encrypted = cipher.Encrypt(KeyPurpose, pkcs8);
        CryptographicOperations.ZeroMemory(pkcs8);
        return (signer, encrypted);
    }

    /// <summary>The signer of a record; a certificate that belongs to another key stops the start.</summary>
    public ISigner Open(AuthorityRecord record)
    {
        var signer = OpenKey(record);
        if (record.Certificate.Length > 0)
        {
            CertificateKeys.RequireMatch(signer, CertificateReading.Read(record.Certificate));
        }

        return signer;
    }

    /// <summary>The records are stored: from now on their keys must stay.</summary>
    public void Keep() => fresh.Clear();

    /// <summary>What was made for records that were not stored goes from the token again.</summary>
    public void Dispose()
    {
        if (token.IsValueCreated)
        {
            fresh.ForEach(id => token.Value.Destroy(id));
            token.Value.Dispose();
        }
    }

    private ISigner OpenKey(AuthorityRecord record)
    {
        if (record.EncryptedKey.Length == 0)
        {
            return new OfflineSigner(CertificateReading.Read(record.Certificate));
        }

        if (record.EncryptedKey.AsSpan().StartsWith(Encoding.ASCII.GetBytes(TokenReference)))
        {
            var keyId = Encoding.ASCII.GetString(record.EncryptedKey.AsSpan(TokenReference.Length));
            return token.Value.Find(keyId) ?? throw new KeyStoreException(
                KeyStoreException.Mismatch, $"The token does not hold the key {keyId} of {record.Name}.", $"令牌中没有 {record.Name} 的密钥 {keyId}。");
        }

        var pkcs8 = cipher.Decrypt(KeyPurpose, record.EncryptedKey);
        var signer = SoftwareSigner.FromPkcs8(pkcs8);
        CryptographicOperations.ZeroMemory(pkcs8);
        return signer;
    }
}
