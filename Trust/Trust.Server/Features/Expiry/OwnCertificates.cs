using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>A certificate by which this platform works: of a root, a CA, a TSA, the trust list's signer, an OCSP responder.</summary>
/// <param name="Name">E.g. <c>documents-sm</c>, <c>ocsp-documents-sm</c>.</param>
/// <param name="Authority">The CA that issued it.</param>
/// <param name="Profile">By which it was made.</param>
/// <param name="Certificate">As it is in use.</param>
internal sealed record OwnCertificate(string Name, string Authority, string Profile, X509Certificate Certificate)
{
    public string Serial => Certificate.SerialNumber.ToString(16);

    public (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Life => (new(Certificate.NotBefore, TimeSpan.Zero), new(Certificate.NotAfter, TimeSpan.Zero));
}

/// <summary>Those that have no successor: the newest of each. A few dozen, so they are looked at each time.</summary>
internal sealed class OwnCertificates(AuthorityStore authorities, TrustContext database)
{
    public async Task<IReadOnlyList<OwnCertificate>> ListAsync(CancellationToken cancellationToken)
    {
        var responders = await database.Set<OcspResponderRecord>().AsNoTracking()
            .Where(r => database.Certificates.Any(c => c.Authority == r.Authority && c.Serial == r.Serial && c.Status == CertificateStatus.Valid))
            .Select(r => new { r.Authority, r.Certificate, r.NotAfter }).ToListAsync(cancellationToken);
        return
        [
            .. from entry in Hierarchy.All
               let authority = authorities.Find(Authority.NameOf(entry.Role, entry.Suite))
               where authority is not null
               select new OwnCertificate(authority.Name, Authority.NameOf(entry.IssuedBy ?? entry.Role, entry.Suite), entry.Profile, authority.Certificate),
            .. responders.GroupBy(r => r.Authority, StringComparer.Ordinal).Select(g => new OwnCertificate(
                "ocsp-" + g.Key, g.Key, "ocsp-responder", CertificateReading.Read(g.MaxBy(r => r.NotAfter)!.Certificate))),
        ];
    }
}
