using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Expiry;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>
/// What a new certificate of an account takes the place of: the one that its order named (RFC 9773 §5), and those of the account with exactly the same names,
/// for most clients renew without naming anything. Nobody need be told of their end any more.
/// </summary>
internal sealed class FollowedCertificates(TrustContext database, IssuedSites sites)
{
    /// <summary>A client that orders the same again and again is told of no more than its latest.</summary>
    private const int Most = 20;

    /// <summary>Links them in the caller's transaction.</summary>
    /// <param name="order">The order, with its names.</param>
    /// <param name="successor">The new certificate, tracked.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task FollowAsync(AcmeOrder order, IssuedCertificate successor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string[] names = [.. order.Authorizations.Select(a => a.Value)];
        var serials = await database.Set<AcmeOrder>()
            .Where(o => o.AccountId == order.AccountId && o.Id != order.Id && o.Status == AcmeOrderStatus.Valid && o.CertificateEnds > now
                && o.Authorizations.Count == names.Length && o.Authorizations.All(a => names.Contains(a.Value)))
            .OrderByDescending(o => o.Number).Take(Most).Select(o => o.Serial!).ToListAsync(cancellationToken);
        if (order.Replaces is { } named && await sites.FindAsync(named, cancellationToken) is { } replaced)
        {
            serials.Insert(0, replaced.Serial);
        }

        var followed = await database.Certificates.Where(c => c.Authority == successor.Authority && serials.Contains(c.Serial) && c.RenewedBy == null).ToListAsync(cancellationToken);
        foreach (var certificate in followed)
        {
            certificate.RenewedBy = successor.Serial;
            await database.EndNoticesAsync(certificate, "renewed", now, cancellationToken);
        }

        successor.Renews = followed.OrderBy(c => serials.IndexOf(c.Serial)).FirstOrDefault()?.Serial;
    }
}
