using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Expiry;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Sites;

/// <summary>Makes the platform's own TLS certificate, and a new one when the last ends within a month or is for another host.</summary>
internal sealed class SiteCertificate(IServiceProvider services, AuthorityStore authorities, IOptions<SiteCertificateSettings> settings, TimeProvider time) : IHostedService
{
    private const string ProfileName = "tls";
    private const string Requester = "trust";
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(30);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.Host is not { } host || IsThere(host))
        {
            return;
        }

        var authority = authorities[CertificateProfile.All[ProfileName].IssuedBy, SignatureSuite.International];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = await IssueAsync(authority, host, key.ExportSubjectPublicKeyInfo(), cancellationToken);
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 100_000);

        // The certificate last: it says that the others are there.
        Directory.CreateDirectory(settings.Value.Directory);
        await WriteAsync("root.pem", Pem(authorities["root", SignatureSuite.International].Certificate.GetEncoded()), cancellationToken);
        await WriteAsync("key.pem", key.ExportEncryptedPkcs8PrivateKeyPem(settings.Value.Password, encryption), cancellationToken);
        await WriteAsync("certificate.pem", Pem(certificate) + Pem(authority.Certificate.GetEncoded()), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<byte[]> IssueAsync(Authority authority, string host, byte[] publicKey, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var certificate = scope.ServiceProvider.GetRequiredService<CertificateIssuance>().Issue(
            authority, new CertificateOrder(CertificateProfile.All[ProfileName], new X509Name([X509Name.CN], [host]), publicKey, Requester, [host]));
        await FollowAsync(database, certificate, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return certificate.GetEncoded();
    }

    /// <summary>The host's earlier certificates are followed by this one: nobody need be told of their end.</summary>
    private async Task FollowAsync(TrustContext database, Org.BouncyCastle.X509.X509Certificate certificate, CancellationToken cancellationToken)
    {
        var (subject, now) = (certificate.SubjectDN.ToString(), time.GetUtcNow());
        foreach (var before in await database.Certificates
            .Where(c => c.Profile == ProfileName && c.RequestedBy == Requester && c.Subject == subject && c.RenewedBy == null && c.NotAfter > now).ToListAsync(cancellationToken))
        {
            before.RenewedBy = certificate.SerialNumber.ToString(16);
            await database.EndNoticesAsync(before, "renewed", now, cancellationToken);
        }
    }

    private bool IsThere(string host)
    {
        var path = Path.Combine(settings.Value.Directory, "certificate.pem");
        if (!File.Exists(path))
        {
            return false;
        }

        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        return certificate.MatchesHostname(host) && certificate.NotAfter.ToUniversalTime() > (time.GetUtcNow() + Renewal).UtcDateTime;
    }

    private async Task WriteAsync(string name, string content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(settings.Value.Directory, name);
        await File.WriteAllTextAsync(path + ".new", content, cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string Pem(byte[] certificate) => new string(PemEncoding.Write("CERTIFICATE", certificate)) + "\n";
}
