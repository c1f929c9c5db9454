using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Seal.Server.Features.Signers;

/// <summary>A key ready to sign, with its certificate first and the chain after it; without the root, which verifiers have.</summary>
internal sealed record ReadySigner(SoftwareSigner Signer, IReadOnlyList<X509Certificate> Certificates);

/// <summary>Makes keys, gets certificates for them, and keeps the opened ones in memory for a while. An opened key is not wiped when it leaves the cache, because a sealing may still be using it.</summary>
internal sealed class SignerStore(IDataCipher cipher, IMemoryCache cache, CertificateClient certificates)
{
    private const string KeyPurpose = "seal-signer-key";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(30);

    /// <summary>A new key with its certificate, not yet stored.</summary>
    public async Task<SignerRecord> MakeAsync(string name, SignatureSuite suite, string profile, X509Name subject, CancellationToken cancellationToken)
    {
        using var signer = SoftwareSigner.Generate(suite);
        var (certificate, chain) = await certificates.RequestAsync(CertificateRequest.Create(signer, subject), profile, cancellationToken);
        return new SignerRecord { Name = name, EncryptedKey = cipher.Encrypt(KeyPurpose, signer.ExportPkcs8()), Certificate = certificate, Chain = chain };
    }

    public async Task<ReadySigner?> FindAsync(SealContext database, string name, CancellationToken cancellationToken)
    {
        var key = (typeof(SignerStore), name);
        if (cache.TryGetValue(key, out ReadySigner? ready))
        {
            return ready;
        }

        var record = await database.Signers.AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellationToken);
        if (record is null)
        {
            return null;
        }

        ready = Open(record);
        using var entry = cache.CreateEntry(key);
        entry.SlidingExpiration = Kept;
        entry.Value = ready;
        return ready;
    }

    public ReadySigner Open(SignerRecord record) => new(
        SoftwareSigner.FromPkcs8(cipher.Decrypt(KeyPurpose, record.EncryptedKey)),
        [CertificateReading.Read(record.Certificate), .. record.Chain.SkipLast(1).Select(c => CertificateReading.Read(c))]);
}
