using Microsoft.EntityFrameworkCore;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Linting;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Certificates;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>
/// POST /acme/order/{id}/finalize: issues the certificate (RFC 8555 §7.4). Taking the order, the certificate, its audit record and its message to the log are one
/// transaction: of two requests in the same moment one issues, and a crash leaves an order that is still ready.
/// </summary>
internal sealed class FinalizeOrder(
    TrustContext database, SignedRequests requests, CertificateIssuance issuance, AuthorityStore authorities, FollowedCertificates followed, IAuditTrail audit, AcmeAddresses addresses, TimeProvider time)
{
    public const string ProfileName = "tls";

    /// <summary>ub-common-name (RFC 5280 §A.1).</summary>
    private const int LongestCommonName = 64;

    public static void Map(RouteGroupBuilder group) => group.MapPost("/order/{id}/finalize", (string id, HttpContext http, FinalizeOrder handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        var order = await database.OrderAsync(id, request.Owner, http.RequestAborted);
        if (order.Status != AcmeOrderStatus.Ready || order.ExpiresAt <= time.GetUtcNow())
        {
            throw AcmeErrorKind.OrderNotReady.Because("The order is not ready: its names are not all proved, it is finished, or it has expired.");
        }

        var key = SigningRequest.Read(request.Json, order, request.Owner);
        await DemandNoAccountKeyAsync(key, http.RequestAborted);
        await IssueAsync(order, key, http.RequestAborted);
        var issued = await database.OrderAsync(id, request.Owner, http.RequestAborted);
        http.Response.Headers.Location = addresses.Order(order.Id);
        return AcmeJson.Answer(OrderView.Of(issued, addresses, time.GetUtcNow()));
    }

    private async Task IssueAsync(AcmeOrder order, byte[] key, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var orders = database.Set<AcmeOrder>().Where(o => o.Id == order.Id);
        if (await orders.Where(o => o.Status == AcmeOrderStatus.Ready && o.ExpiresAt > now).ExecuteUpdateAsync(set => set.SetProperty(o => o.Status, AcmeOrderStatus.Valid), cancellationToken) != 1
            || await database.Set<AcmeAuthorization>().AnyAsync(a => a.OrderId == order.Id && (a.Status != AcmeAuthorizationStatus.Valid || a.ExpiresAt <= now), cancellationToken)
            || !await database.Set<AcmeAccount>().AnyAsync(a => a.Id == order.AccountId && a.Status == AcmeAccountStatus.Valid, cancellationToken))
        {
            throw AcmeErrorKind.OrderNotReady.Because("Another request finalized or ended the order in the same moment.");
        }

        var authority = authorities[CertificateProfile.All[ProfileName].IssuedBy, SignatureSuite.International];
        var certificate = Sign(authority, order, key);
        var (serial, end) = (certificate.SerialNumber.ToString(16), new DateTimeOffset(certificate.NotAfter, TimeSpan.Zero));
        await orders.ExecuteUpdateAsync(
            set => set.SetProperty(o => o.Authority, authority.Name).SetProperty(o => o.Serial, serial).SetProperty(o => o.CertificateEnds, end), cancellationToken);
        await followed.FollowAsync(order, database.Certificates.Local.Single(c => c.Serial == serial), now, cancellationToken);
        audit.Add(new AuditEntry("trust.acme.order.issued", order.Id.ToString("N"), "acme:" + order.AccountId.ToString("N"), Details: new { certificate = $"{authority.Name}/{serial}" }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private X509Certificate Sign(Authority authority, AcmeOrder order, byte[] key)
    {
        string[] hosts = [.. order.Authorizations.OrderBy(a => a.Position).Select(a => a.Value)];
        // Sites are told by their alternative names; a common name is there for people, where one is short enough.
        var subject = Array.Find(hosts, h => h.Length <= LongestCommonName) is { } common ? new X509Name([X509Name.CN], [common]) : new X509Name([], []);
        try
        {
            return issuance.Issue(authority, new CertificateOrder(CertificateProfile.All[ProfileName], subject, key, "acme:" + order.AccountId.ToString("N"), hosts));
        }
        catch (CertificateLintException e)
        {
            throw AcmeErrorKind.BadCsr.Because(e.Message);
        }
    }

    /// <summary>Another account's key is no key for a certificate either: it signs other things.</summary>
    private async Task DemandNoAccountKeyAsync(byte[] key, CancellationToken cancellationToken)
    {
        if (await database.Set<AcmeAccount>().AnyAsync(a => a.PublicKey == key, cancellationToken))
        {
            throw AcmeErrorKind.BadCsr.Because("The key of a certificate is not an account's (RFC 8555 §11.1).");
        }
    }
}
