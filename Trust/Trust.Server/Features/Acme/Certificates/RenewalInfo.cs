using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>GET /acme/renewal-info/{certificate}: when the certificate had better be renewed (RFC 9773 §4). Clients choose a moment in the window by chance, so that not all come at once.</summary>
internal sealed class RenewalInfo(IssuedSites sites, TimeProvider time)
{
    private const string AskAgain = "21600";

    public static void Map(RouteGroupBuilder group) => group.MapGet("/renewal-info/{certificate}", (string certificate, HttpContext http, RenewalInfo handler) => handler.HandleAsync(certificate, http));

    private async Task<IResult> HandleAsync(string identifier, HttpContext http)
    {
        var certificate = await sites.FindAsync(identifier, http.RequestAborted) ?? throw OwnOrders.NotFound("certificate");
        http.Response.Headers.RetryAfter = AskAgain;
        var (start, end) = Window(certificate);
        return AcmeJson.Answer(new { suggestedWindow = new { start, end } });
    }

    /// <summary>From two thirds of its life on, for a thirtieth of it; at once for one that is revoked or held.</summary>
    private (DateTimeOffset Start, DateTimeOffset End) Window(IssuedCertificate certificate)
    {
        if (certificate.Status != CertificateStatus.Valid)
        {
            var now = Whole(time.GetUtcNow());
            return (now.AddHours(-2), now.AddHours(-1));
        }

        var life = certificate.NotAfter - certificate.NotBefore;
        var start = Whole(certificate.NotBefore + (life * 2 / 3));
        return (start, Whole(start + (life / 30)));
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
