using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>POST /acme/account/{id}/orders?after=: an account's orders, the oldest first, without invalid ones (RFC 8555 §7.1.2.1).</summary>
internal sealed class ListOrders(TrustContext database, SignedRequests requests, AcmeAddresses addresses, TimeProvider time)
{
    private const int Page = 50;

    public static void Map(RouteGroupBuilder group) =>
        group.MapPost("/account/{id}/orders", (string id, HttpContext http, ListOrders handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = (await requests.FromAccountAsync(http)).DemandRead();
        UpdateAccount.DemandOwn(id, request.Owner);
        var after = After(http.Request.Query["after"].ToString());
        var now = time.GetUtcNow();
        var account = request.Owner.Id;
        var rows = await database.Set<AcmeOrder>().AsNoTracking()
            .Where(o => o.AccountId == account && o.Number > after && o.Status != AcmeOrderStatus.Invalid && (o.Status == AcmeOrderStatus.Valid || o.ExpiresAt > now))
            .OrderBy(o => o.Number).Select(o => new { o.Id, o.Number }).Take(Page + 1).ToListAsync(http.RequestAborted);
        if (rows.Count > Page)
        {
            http.Response.Headers.Append("Link", string.Create(CultureInfo.InvariantCulture, $"<{addresses.Orders(account)}?after={rows[Page - 1].Number}>;rel=\"next\""));
        }

        return AcmeJson.Answer(new { orders = rows.Take(Page).Select(o => addresses.Order(o.Id)) });
    }

    private static long After(string text) =>
        text.Length == 0 ? 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw AcmeErrorKind.Malformed.Because("There is no such page.");
}
