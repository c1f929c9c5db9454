using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Makes the hierarchy at first run and keeps its signers at hand; private keys lie encrypted in the database.</summary>
internal sealed class AuthorityStore(IServiceProvider services, IDataCipher cipher, IOptions<AddressSettings> addresses, TimeProvider time) : IHostedService, IDisposable
{
    private const string KeyPurpose = "trust-authority-key";
    private readonly Dictionary<string, Authority> authorities = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Authority> All => authorities.Values;

    public Authority this[string role, SignatureSuite suite] => authorities[Authority.NameOf(role, suite)];

    public Authority? Find(string name) => authorities.GetValueOrDefault(name);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var audit = scope.ServiceProvider.GetRequiredService<IAuditTrail>();
        var stored = await database.Authorities.AsNoTracking().ToDictionaryAsync(a => a.Name, StringComparer.Ordinal, cancellationToken);
        foreach (var (role, suite, profile, issuedBy, commonName) in Hierarchy.All)
        {
            var name = Authority.NameOf(role, suite);
            if (stored.TryGetValue(name, out var record))
            {
                Add(name, SoftwareSigner.FromPkcs8(cipher.Decrypt(KeyPurpose, record.EncryptedKey)), record.Certificate);
                continue;
            }

            var signer = SoftwareSigner.Generate(suite);
            var certificate = Issue(signer, profile, issuedBy is null ? null : this[issuedBy, suite], commonName).GetEncoded();
            database.Authorities.Add(new AuthorityRecord
            {
                Name = name,
                Certificate = certificate,
                EncryptedKey = cipher.Encrypt(KeyPurpose, signer.ExportPkcs8()),
                CreatedAt = time.GetUtcNow(),
            });
            audit.Add(new AuditEntry("trust.authority.created", name, "trust", Details: new { profile }));
            Add(name, signer, certificate);
        }

        // All or nothing: a hierarchy with a root but without its CAs would be of no use and hard to mend.
        await database.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var authority in authorities.Values)
        {
            authority.Signer.Dispose();
        }
    }

    public Uri CrlAddress(Authority authority) => new($"{AddressSettings.Text(addresses.Value.Trust)}/crl/{authority.Name}.crl");

    public Uri CertificateAddress(Authority authority) => new($"{AddressSettings.Text(addresses.Value.Trust)}/ca/{authority.Name}.cer");

    private void Add(string name, SoftwareSigner signer, byte[] certificate) =>
        authorities[name] = new Authority(name, signer, CertificateReading.Read(certificate));

    private Org.BouncyCastle.X509.X509Certificate Issue(SoftwareSigner signer, string profileName, Authority? issuer, string commonName)
    {
        var profile = CertificateProfile.All[profileName];
        var now = time.GetUtcNow();
        // One day back: a verifier whose clock is slow must not see a certificate of the future.
        var content = new CertificateContent(
            profile, DistinguishedName.Of("印信（测试）", commonName), signer.PublicKey, now.AddDays(-1), now.AddDays(profile.ValidityDays),
            issuer is null ? null : CrlAddress(issuer), issuer is null ? null : CertificateAddress(issuer));
        return issuer is null ? new CertificateIssuer(signer).Issue(content) : issuer.Issuer.Issue(content);
    }
}
