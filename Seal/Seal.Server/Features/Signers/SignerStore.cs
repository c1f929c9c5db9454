using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Server.Features.Signers;

/// <summary>A key ready to sign, with its certificate first and the chain after it; without the root, which verifiers have. Whoever got it disposes it after the last signature.</summary>
internal sealed class ReadySigner(OpenedKey key, IReadOnlyList<X509Certificate> certificates) : IDisposable
{
    private int disposed;

    public SoftwareSigner Signer => key.Signer;

    public IReadOnlyList<X509Certificate> Certificates => certificates;

    /// <summary>The same key for one more user; null when it is wiped already.</summary>
    public ReadySigner? Share() => key.TryShare() ? new ReadySigner(key, certificates) : null;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            key.Release();
        }
    }
}

/// <summary>Makes keys, gets certificates for them, and keeps the opened ones in memory for a while. A key that leaves the cache is wiped once the last sealing that uses it is done.</summary>
internal sealed class SignerStore(IDataCipher cipher, IMemoryCache cache, CertificateClient certificates)
{
    private const string KeyPurpose = "seal-signer-key";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(30);

    /// <summary>A new key with its certificate, not yet stored.</summary>
    public async Task<SignerRecord> MakeAsync(string name, SignatureSuite suite, string profile, X509Name subject, CancellationToken cancellationToken)
    {
        using var signer = SoftwareSigner.Generate(suite);
        var (certificate, chain) = await certificates.RequestAsync(CertificateRequest.Create(signer, subject), profile, cancellationToken);
        var pkcs8 = signer.ExportPkcs8();
        var encrypted = cipher.Encrypt(KeyPurpose, pkcs8);
        CryptographicOperations.ZeroMemory(pkcs8);
        return new SignerRecord { Name = name, EncryptedKey = encrypted, Certificate = certificate, Chain = chain };
    }

    public async Task<ReadySigner?> FindAsync(SealContext database, string name, CancellationToken cancellationToken)
    {
        var key = (typeof(SignerStore), name);
        if (cache.TryGetValue(key, out ReadySigner? kept) && kept?.Share() is { } shared)
        {
            return shared;
        }

        var record = await database.Signers.AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellationToken);
        if (record is null)
        {
            return null;
        }

        var ready = Open(record);
        using var entry = cache.CreateEntry(key);
        entry.SlidingExpiration = Kept;
        entry.Value = ready.Share();
        entry.RegisterPostEvictionCallback(static (_, value, _, _) => (value as ReadySigner)?.Dispose());
        return ready;
    }

    public ReadySigner Open(SignerRecord record)
    {
        var pkcs8 = cipher.Decrypt(KeyPurpose, record.EncryptedKey);
        try
        {
            return new ReadySigner(
                new OpenedKey(SoftwareSigner.FromPkcs8(pkcs8)),
                [CertificateReading.Read(record.Certificate), .. record.Chain.SkipLast(1).Select(c => CertificateReading.Read(c))]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }
}
