using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme;

/// <summary>GET /acme/directory (RFC 8555 §7.1.1) and nonces from /acme/new-nonce (§7.2).</summary>
internal static class ShowDirectory
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/directory", Directory);
        group.MapMethods("/new-nonce", [HttpMethods.Head, HttpMethods.Get], (HttpContext http, Nonces nonces) =>
        {
            http.Response.Headers["Replay-Nonce"] = nonces.Create();
            return HttpMethods.IsHead(http.Request.Method) ? Results.Ok() : Results.NoContent();
        });
    }

    private static IResult Directory(AcmeAddresses addresses, IOptions<AcmeSettings> settings) => AcmeJson.Answer(new
    {
        newNonce = addresses.Of("new-nonce"),
        newAccount = addresses.Of("new-account"),
        newOrder = addresses.Of("new-order"),
        revokeCert = addresses.Of("revoke-cert"),
        keyChange = addresses.Of("key-change"),
        renewalInfo = addresses.Of("renewal-info"),
        meta = new { termsOfService = settings.Value.Terms, website = settings.Value.Website, externalAccountRequired = settings.Value.ExternalAccountRequired },
    });
}
