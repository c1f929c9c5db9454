using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.X509;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Makes the hierarchy at first run and keeps its signers at hand. Under an offline root it makes the CAs' keys and requests, and takes their certificates from the ceremony.</summary>
internal sealed class AuthorityStore(IServiceProvider services, AuthorityKeys keys, OfflineRoots offline, IOptions<AddressSettings> addresses, TimeProvider time, ILogger<AuthorityStore> log) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, Authority> authorities = new(StringComparer.Ordinal);
    private readonly List<ISigner> replaced = [];

    public IReadOnlyCollection<Authority> All => [.. authorities.Values];

    public Authority this[string role, SignatureSuite suite] => authorities[Authority.NameOf(role, suite)];

    /// <summary>CAs whose certificates the ceremony has not delivered yet; everything else works without them.</summary>
    public IReadOnlyList<string> Owed { get; private set; } = [];

    /// <summary>The authorities of a role in either suite, without those that are owed.</summary>
    public IEnumerable<Authority> OfRole(string role) => Enum.GetValues<SignatureSuite>().Select(suite => Find(Authority.NameOf(role, suite))).OfType<Authority>();

    public Authority? Find(string name) => authorities.GetValueOrDefault(name);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var journal = new AuthorityJournal(database, scope.ServiceProvider.GetRequiredService<IAuditTrail>(), scope.ServiceProvider.GetRequiredService<IDataCipher>(), time);
        var stored = await database.Authorities.ToDictionaryAsync(a => a.Name, StringComparer.Ordinal, cancellationToken);
        var (missing, owed) = (new List<string>(), new List<string>());
        foreach (var entry in Hierarchy.All)
        {
            if (Ready(entry, stored, journal) is { } authority)
            {
                authorities[authority.Name] = authority;
            }
            else
            {
                (entry.MayBeOwed ? owed : missing).Add(Authority.NameOf(entry.Role, entry.Suite));
            }
        }

        // All or nothing: a hierarchy with a root but without its CAs would be of no use and hard to mend. Only keys whose certificates the ceremony owes stand alone.
        await database.SaveChangesAsync(cancellationToken);
        keys.Keep();
        Owed = owed;
        RequireComplete([.. missing, .. missing.Count > 0 ? owed : []]);
        if (owed.Count > 0)
        {
            log.LogWarning("The offline root owes certificates for {Owed}; until they are brought in nothing is issued by them. The requests are in {Section}:Import/requests.", string.Join(", ", owed), ImportSettings.Section);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signer in authorities.Values.Select(a => a.Signer).Concat(replaced))
        {
            (signer as IDisposable)?.Dispose();
        }
    }

    /// <summary>
    /// Gives an authority a new key and certificate, unless another node did so already: then takes over that node's. The old key goes on in
    /// requests that have it, here and on other nodes, so it is not destroyed; the record forgets it.
    /// </summary>
    /// <param name="role">An authority that is issued here.</param>
    /// <param name="suite">Its suite.</param>
    /// <param name="knownEnd">End of the certificate that is to be replaced.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RenewAsync(string role, SignatureSuite suite, DateTimeOffset knownEnd, CancellationToken cancellationToken)
    {
        var entry = Hierarchy.All.Single(e => e.Role == role && e.Suite == suite);
        var name = Authority.NameOf(role, suite);
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var record = await database.Authorities.SingleAsync(a => a.Name == name, cancellationToken);
        if (CertificateReading.Read(record.Certificate).NotAfter <= knownEnd.UtcDateTime)
        {
            var journal = new AuthorityJournal(database, scope.ServiceProvider.GetRequiredService<IAuditTrail>(), scope.ServiceProvider.GetRequiredService<IDataCipher>(), time);
            var (signer, key) = keys.Create(name, suite);
            record.EncryptedKey = key;
            var certificate = Issue(signer, entry, Find(Authority.NameOf(entry.IssuedBy!, suite)));
            record.Certificate = certificate.GetEncoded();
            (signer as IDisposable)?.Dispose();
            journal.Renewed(record, certificate.SerialNumber.ToString(16));
            await database.SaveChangesAsync(cancellationToken);
            keys.Keep();
        }

        replaced.Add(authorities[name].Signer);
        authorities[name] = new Authority(name, keys.Open(record), CertificateReading.Read(record.Certificate));
    }

    /// <param name="authority">The CA.</param>
    /// <param name="partition">A part of its certificates, or 0 for all.</param>
    public Uri CrlAddress(Authority authority, int partition = 0) => new($"{AddressSettings.Text(addresses.Value.Trust)}/crl/{ScopePath(authority, partition)}.crl");

    public Uri DeltaCrlAddress(Authority authority, int partition) => new($"{AddressSettings.Text(addresses.Value.Trust)}/crl/{ScopePath(authority, partition)}/delta.crl");

    public Uri OcspAddress(Authority authority) => new($"{AddressSettings.Text(addresses.Value.Trust)}/ocsp/{authority.Name}");

    public Uri CertificateAddress(Authority authority) => new($"{AddressSettings.Text(addresses.Value.Trust)}/ca/{authority.Name}.cer");

    private static string ScopePath(Authority authority, int partition) => partition == 0 ? authority.Name : FormattableString.Invariant($"{authority.Name}/{partition}");

    /// <summary>The authority with its key and certificate; null when the ceremony has not delivered its certificate, or its issuer's.</summary>
    private Authority? Ready(HierarchyEntry entry, Dictionary<string, AuthorityRecord> stored, AuthorityJournal journal)
    {
        var name = Authority.NameOf(entry.Role, entry.Suite);
        var record = stored.GetValueOrDefault(name);
        if (offline.InUse && entry.IssuedBy is null)
        {
            return Imported(entry, record, offline.Roots(entry.Suite), journal);
        }

        if (!offline.InUse && record is { EncryptedKey.Length: 0 })
        {
            throw new KeyStoreException(
                KeyStoreException.Offline, $"{name} is an offline root: {ImportSettings.Section}:Import must name the directory with its certificates and CRLs.", $"{name} 是离线根，须配置导入目录。");
        }

        var signer = record is null ? Made(name, entry, journal.Database, out record) : keys.Open(record);
        if (offline.InUse && entry.IssuedBy == "root")
        {
            offline.Request(name, signer, Subject(entry));
            return Certified(record, signer, entry.Suite, journal);
        }

        if (record.Certificate.Length == 0)
        {
            var issuer = entry.IssuedBy is null ? null : Find(Authority.NameOf(entry.IssuedBy, entry.Suite));
            if (entry.IssuedBy is not null && issuer is null)
            {
                return null;
            }

            record.Certificate = Issue(signer, entry, issuer).GetEncoded();
            journal.Created(record, entry.Profile);
        }

        return new Authority(name, signer, CertificateReading.Read(record.Certificate));
    }

    private ISigner Made(string name, HierarchyEntry entry, TrustContext database, out AuthorityRecord record)
    {
        var (signer, key) = keys.Create(name, entry.Suite);
        record = new AuthorityRecord { Name = name, EncryptedKey = key, CreatedAt = time.GetUtcNow() };
        database.Authorities.Add(record);
        return signer;
    }

    /// <summary>A root of the ceremony. A root of this server's own, with its key, is never exchanged for one.</summary>
    private Authority? Imported(HierarchyEntry entry, AuthorityRecord? record, IReadOnlyList<X509Certificate> roots, AuthorityJournal journal)
    {
        var name = Authority.NameOf(entry.Role, entry.Suite);
        if (record is { EncryptedKey.Length: > 0 })
        {
            throw new KeyStoreException(KeyStoreException.Mismatch, $"The database holds a {name} with its key; an offline root needs a database of its own.", $"数据库中已有自建的 {name}。");
        }

        if (roots.Count == 0 || roots.Any(r => offline.Crl(r) is null))
        {
            return null;
        }

        var root = roots[^1];
        if (record is null)
        {
            journal.Database.Authorities.Add(record = new AuthorityRecord { Name = name, CreatedAt = time.GetUtcNow() });
        }

        Replace(record, root, journal);
        return new Authority(name, new OfflineSigner(root), root);
    }

    private Authority? Certified(AuthorityRecord record, ISigner signer, SignatureSuite suite, AuthorityJournal journal)
    {
        if (offline.Certificate(record.Name) is not { } certificate || Find(Authority.NameOf("root", suite)) is null)
        {
            return null;
        }

        offline.Check(record.Name, signer, certificate, offline.Roots(suite));
        Replace(record, certificate, journal);
        return new Authority(record.Name, signer, certificate);
    }

    private static void Replace(AuthorityRecord record, X509Certificate certificate, AuthorityJournal journal)
    {
        var der = certificate.GetEncoded();
        if (!record.Certificate.AsSpan().SequenceEqual(der))
        {
            record.Certificate = der;
            journal.Imported(record, certificate.SerialNumber.ToString(16));
        }
    }

    private static void RequireComplete(List<string> missing)
    {
        if (missing.Count > 0)
        {
            throw new KeyStoreException(
                KeyStoreException.Offline,
                $"The offline root owes certificates or CRLs for {string.Join(", ", missing)}. The requests are in {ImportSettings.Section}:Import/requests: sign them with «yinxin trust issue-ca», then bring the ceremony's public/ here and start again.",
                $"尚缺离线根签发的证书或 CRL：{string.Join("、", missing)}。请用 yinxin trust issue-ca 签发 requests 中的请求，放回后重新启动。");
        }
    }

    private static Org.BouncyCastle.Asn1.X509.X509Name Subject(HierarchyEntry entry) => DistinguishedName.Of("印信（测试）", entry.CommonName);

    private X509Certificate Issue(ISigner signer, HierarchyEntry entry, Authority? issuer)
    {
        var profile = CertificateProfile.All[entry.Profile];
        var now = time.GetUtcNow();
        // One day back: a verifier whose clock is slow must not see a certificate of the future. Under an offline root the CA itself may be younger.
        var from = issuer is { } ca && ca.Certificate.NotBefore > now.AddDays(-1).UtcDateTime ? new DateTimeOffset(ca.Certificate.NotBefore, TimeSpan.Zero) : now.AddDays(-1);
        var content = new CertificateContent(
            profile, Subject(entry), signer.PublicKey, from, issuer?.EndOf(profile, now) ?? now.AddDays(profile.ValidityDays),
            issuer is null ? null : CrlAddress(issuer), issuer is null ? null : CertificateAddress(issuer), OcspAddress: issuer is null ? null : OcspAddress(issuer));
        return issuer is null ? new CertificateIssuer(signer) { Lints = true }.Issue(content) : issuer.Issuer.Issue(content);
    }
}
