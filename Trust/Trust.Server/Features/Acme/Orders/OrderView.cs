using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>An order as clients see it (RFC 8555 §7.1.3, RFC 9773 §5).</summary>
/// <param name="Status"><c>pending</c>, <c>ready</c>, <c>valid</c> or <c>invalid</c>.</param>
/// <param name="Expires">Until when it can be finalized.</param>
/// <param name="Identifiers">What the certificate is for.</param>
/// <param name="Authorizations">Their addresses.</param>
/// <param name="Finalize">Where the certificate request goes.</param>
/// <param name="Certificate">Where the certificate is, once issued.</param>
/// <param name="Replaces">The certificate that this one takes the place of.</param>
/// <param name="Error">Why it is invalid.</param>
internal sealed record OrderView(
    string Status, DateTimeOffset Expires, IEnumerable<AcmeIdentifier> Identifiers, IEnumerable<string> Authorizations, string Finalize, string? Certificate, string? Replaces, AcmeProblem? Error)
{
    public static OrderView Of(AcmeOrder order, AcmeAddresses addresses, DateTimeOffset now)
    {
        var authorizations = order.Authorizations.OrderBy(a => a.Position).ToList();
        return new OrderView(
            StatusOf(order, now), order.ExpiresAt, authorizations.Select(a => new AcmeIdentifier(a.Type, a.Value)), authorizations.Select(a => addresses.Authorization(a.Id)),
            addresses.Finalize(order.Id), order.Status == AcmeOrderStatus.Valid ? addresses.Certificate(order.Id) : null, order.Replaces, AcmeJson.Load(order.Error));
    }

    /// <summary>An unfinished order that nobody can finish any more is invalid, whether or not a row says so.</summary>
    private static string StatusOf(AcmeOrder order, DateTimeOffset now) => order.Status switch
    {
        AcmeOrderStatus.Valid => "valid",
        AcmeOrderStatus.Pending when order.ExpiresAt > now => "pending",
        AcmeOrderStatus.Ready when order.ExpiresAt > now => "ready",
        _ => "invalid",
    };
}
