using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>
/// The key that answers for each CA, appointed by a certificate of that CA (RFC 6960 §4.2.2.2), so that the CA's own key is not asked for each answer.
/// It is followed by another before it ends, and at once when its certificate is revoked.
/// </summary>
internal sealed class OcspResponders(IServiceScopeFactory scopes, AuthorityKeys keys, IOptions<OcspSettings> settings, TimeProvider time, ILogger<OcspResponders> log) : IDisposable
{
    private const string ProfileName = "ocsp-responder";
    private readonly ConcurrentDictionary<string, Appointed> ready = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>The responder of a CA; null when there is none and none can be made, as under an offline root.</summary>
    public async ValueTask<OcspResponder?> FindAsync(Authority authority, CancellationToken cancellationToken)
    {
        if (ready.TryGetValue(authority.Name, out var known) && !IsDue(known.NotAfter))
        {
            return known.Responder;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            if (ready.TryGetValue(authority.Name, out known) && !IsDue(known.NotAfter))
            {
                return known.Responder;
            }

            return (ready[authority.Name] = await AppointedAsync(authority, cancellationToken)).Responder;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // An offline CA appoints nobody here; a token may be out of its slot. An appointed responder serves to its end.
            if (!authority.IsOffline)
            {
                log.LogError(e, "{Authority} has no new OCSP responder", authority.Name);
            }

            return known is not null && known.NotAfter > time.GetUtcNow() ? known.Responder : null;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Whether one of these certificates is the responder's; it then signs no more.</summary>
    public bool Dismiss(string authority, IReadOnlyCollection<string> serials) =>
        ready.TryGetValue(authority, out var known) && serials.Contains(known.Serial, StringComparer.Ordinal) && ready.TryRemove(authority, out _);

    public void Dispose()
    {
        foreach (var appointed in ready.Values)
        {
            (appointed.Signer as IDisposable)?.Dispose();
        }

        turn.Dispose();
    }

    private bool IsDue(DateTimeOffset notAfter) => time.GetUtcNow() >= notAfter - settings.Value.Renewal;

    private async Task<Appointed> AppointedAsync(Authority authority, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        if (await InOfficeAsync(database, authority.Name, cancellationToken) is { } record)
        {
            return Open(record);
        }

        if (authority.IsOffline)
        {
            throw new InvalidOperationException($"{authority.Name} is offline and appoints no responder here.");
        }

        // The row's lock: of several nodes one appoints, the others find it done.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await database.Set<RevocationState>().Where(s => s.Authority == authority.Name).ExecuteUpdateAsync(set => set.SetProperty(s => s.Changes, s => s.Changes), cancellationToken);
        if (await InOfficeAsync(database, authority.Name, cancellationToken) is { } made)
        {
            return Open(made);
        }

        var appointed = Appoint(scope.ServiceProvider, database, authority);
        await database.SaveChangesAsync(cancellationToken);
        var now = time.GetUtcNow();
        await database.Set<OcspResponderRecord>().Where(r => r.Authority == authority.Name && r.NotAfter < now).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        keys.Keep();
        return appointed;
    }

    private async Task<OcspResponderRecord?> InOfficeAsync(TrustContext database, string authority, CancellationToken cancellationToken)
    {
        var end = time.GetUtcNow() + settings.Value.Renewal;
        return await database.Set<OcspResponderRecord>().AsNoTracking()
            .Where(r => r.Authority == authority && r.NotAfter > end
                && database.Certificates.Any(c => c.Authority == authority && c.Serial == r.Serial && c.Status == CertificateStatus.Valid))
            .OrderByDescending(r => r.NotAfter).FirstOrDefaultAsync(cancellationToken);
    }

    private Appointed Appoint(IServiceProvider services, TrustContext database, Authority authority)
    {
        var (signer, stored) = keys.Create("ocsp-" + authority.Name, authority.Suite);
        var subject = DistinguishedName.Of("印信（测试）", authority.Certificate.SubjectDN.CommonName() + " OCSP");
        var certificate = services.GetRequiredService<CertificateIssuance>().Issue(
            authority, new CertificateOrder(CertificateProfile.All[ProfileName], subject, signer.PublicKey.ToArray(), "trust"));
        var record = new OcspResponderRecord
        {
            Authority = authority.Name,
            Serial = certificate.SerialNumber.ToString(16),
            Certificate = certificate.GetEncoded(),
            EncryptedKey = stored,
            NotAfter = new DateTimeOffset(certificate.NotAfter, TimeSpan.Zero),
        };
        database.Add(record);
        return new Appointed(new OcspResponder(signer, certificate), signer, record.Serial, record.NotAfter);
    }

    private Appointed Open(OcspResponderRecord record)
    {
        var signer = keys.Open(new AuthorityRecord { Name = "ocsp-" + record.Authority, Certificate = record.Certificate, EncryptedKey = record.EncryptedKey });
        return new Appointed(new OcspResponder(signer, CertificateReading.Read(record.Certificate)), signer, record.Serial, record.NotAfter);
    }

    private sealed record Appointed(OcspResponder Responder, ISigner Signer, string Serial, DateTimeOffset NotAfter);
}
