using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>POST /acme/certificate/{id}, as GET: the certificate and its issuer, PEM (RFC 8555 §7.4.2). The root is left out: who does not have it must not take it from here.</summary>
internal sealed class DownloadCertificate(TrustContext database, SignedRequests requests, AuthorityStore authorities)
{
    private const string MediaType = "application/pem-certificate-chain";

    public static void Map(RouteGroupBuilder group) => group.MapPost("/certificate/{id}", (string id, HttpContext http, DownloadCertificate handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = (await requests.FromAccountAsync(http)).DemandRead();
        var order = await database.OrderAsync(id, request.Owner, http.RequestAborted);
        var (authority, serial) = (order.Authority, order.Serial);
        var certificate = await database.Certificates.AsNoTracking().Where(c => c.Authority == authority && c.Serial == serial).Select(c => c.Certificate).SingleOrDefaultAsync(http.RequestAborted)
            ?? throw OwnOrders.NotFound("certificate");
        var issuer = authorities.Find(authority!)!.Certificate.GetEncoded();
        return Results.Text(Pem(certificate) + Pem(issuer), MediaType);
    }

    private static string Pem(byte[] certificate) => new string(PemEncoding.Write("CERTIFICATE", certificate)) + "\n";
}
