using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Database;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Issuing;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Gives every CA its row of revocation, and every CA's own certificate its row among the issued ones, so that it can be revoked as any other.</summary>
internal sealed class RevocationStart(IServiceScopeFactory scopes, AuthorityStore authorities, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Another node that starts in the same moment may be first; then all is there.
        if (!await TryAddAsync(cancellationToken))
        {
            await TryAddAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> TryAddAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        var known = await database.Set<RevocationState>().Select(s => s.Authority).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

        // Earlier versions numbered their lists by the clock; numbers must go on growing (RFC 5280 §5.2.3).
        database.AddRange(authorities.All.Where(a => a.IsIssuer && !known.Contains(a.Name))
            .Select(a => new RevocationState { Authority = a.Name, ListNumber = time.GetUtcNow().ToUnixTimeSeconds() }));
        foreach (var entry in Hierarchy.All.Where(e => e.IssuedBy is not null))
        {
            if (authorities.Find(Authority.NameOf(entry.Role, entry.Suite)) is not { } authority)
            {
                continue;
            }

            var issuer = authorities[entry.IssuedBy!, entry.Suite];
            var order = new CertificateOrder(CertificateProfile.All[entry.Profile], authority.Certificate.SubjectDN, authority.Signer.PublicKey.ToArray(), "trust");
            var row = CertificateSigning.RecordOf(issuer.Name, authority.Certificate, order, new DateTimeOffset(authority.Certificate.NotBefore, TimeSpan.Zero));
            if (!issuer.IsOffline && !await database.Certificates.AnyAsync(c => c.Authority == row.Authority && c.Serial == row.Serial, cancellationToken))
            {
                database.Certificates.Add(row);
            }
        }

        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }
}
