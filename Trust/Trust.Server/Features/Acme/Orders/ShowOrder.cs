using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>POST /acme/order/{id}, as GET.</summary>
internal sealed class ShowOrder(TrustContext database, SignedRequests requests, AcmeAddresses addresses, TimeProvider time)
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/order/{id}", (string id, HttpContext http, ShowOrder handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = (await requests.FromAccountAsync(http)).DemandRead();
        return AcmeJson.Answer(OrderView.Of(await database.OrderAsync(id, request.Owner, http.RequestAborted), addresses, time.GetUtcNow()));
    }
}
