using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>What is kept between two starts, in the data directory: the account's key and the site's key with its certificate in one file each, keys encrypted under the master key.</summary>
internal sealed class SiteCertificateFiles(string directory, IDataCipher cipher)
{
    private const string AccountPurpose = "acme.accountKey";
    private const string SitePurpose = "acme.siteKey";

    private string AccountPath => Path.Combine(directory, "account.key");

    private string SitePath => Path.Combine(directory, "site.pfx");

    /// <summary>The account's key; made at the first call and stored before anybody uses it.</summary>
    public ECDsa AccountKey()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(AccountPath))
        {
            key.ImportPkcs8PrivateKey(cipher.Decrypt(AccountPurpose, File.ReadAllBytes(AccountPath)), out _);
        }
        else
        {
            Write(AccountPath, cipher.Encrypt(AccountPurpose, key.ExportPkcs8PrivateKey()));
        }

        return key;
    }

    /// <summary>The site's certificate with its key, and its issuers; null when none was stored.</summary>
    public (X509Certificate2 Leaf, X509Certificate2Collection Issuers)? Load()
    {
        if (!File.Exists(SitePath))
        {
            return null;
        }

        var all = X509CertificateLoader.LoadPkcs12Collection(cipher.Decrypt(SitePurpose, File.ReadAllBytes(SitePath)), password: null);
        var leaf = all.Single(c => c.HasPrivateKey);
        all.Remove(leaf);
        return (leaf, all);
    }

    /// <summary>Key and certificate go into one file: they belong together at every moment.</summary>
    public (X509Certificate2 Leaf, X509Certificate2Collection Issuers) Store(string pem, ECDsa key)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(pem);
        using var certificate = all[0].CopyWithPrivateKey(key);
        all[0] = certificate;
        Write(SitePath, cipher.Encrypt(SitePurpose, all.Export(X509ContentType.Pkcs12)!));
        return Load()!.Value;
    }

    private void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}
