using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.Math;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Full CRLs, signed when the last one is half its life old.</summary>
internal sealed class CrlPublication(IServiceProvider services, AuthorityStore authorities, OfflineRoots offline, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, (byte[] Crl, DateTimeOffset Until)> current = new(StringComparer.Ordinal);

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (authorities.Find(name) is not { Role: not "timestamps" } authority)
        {
            return offline.CrlNamed(name);
        }

        if (authority.IsOffline)
        {
            return offline.Crl(authority.Certificate);
        }

        var now = time.GetUtcNow();
        if (current.TryGetValue(name, out var known) && known.Until > now)
        {
            return known.Crl;
        }

        await using var scope = services.CreateAsyncScope();
        var revoked = await scope.ServiceProvider.GetRequiredService<TrustContext>().Certificates.AsNoTracking()
            .Where(c => c.Authority == name && c.RevokedAt != null)
            .Select(c => new { c.Serial, c.RevokedAt, c.RevocationReason }).ToListAsync(cancellationToken);
        var crl = authority.Issuer.IssueCrl(
            revoked.Select(r => (new BigInteger(r.Serial, 16), r.RevokedAt!.Value, r.RevocationReason ?? 0)), now.ToUnixTimeSeconds(), now, now + Life);
        current[name] = (crl, now + Renewal);
        return crl;
    }

    public static void Map(WebApplication app) => app.MapGet("/crl/{name}.crl", async (string name, CrlPublication publication, HttpContext http) =>
    {
        var crl = await publication.GetAsync(name, http.RequestAborted);
        http.Response.Headers.CacheControl = "public, max-age=600";
        return crl is null ? Results.NotFound() : Results.Bytes(crl, "application/pkix-crl");
    });
}
