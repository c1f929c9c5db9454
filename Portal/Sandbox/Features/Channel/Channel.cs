using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Sandbox.Data;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Sandbox.Features.Channel;

/// <summary>A third-party payment channel: orders, query, refunds. The browser's return proves nothing; the signed callback does.</summary>
internal static class Channel
{
    private static readonly Problem BadSignature = new("channel.signature", 401, "签名不正确或已过期。", "The signature is wrong or too old.");
    private static readonly Problem BadOrder = new("channel.order", 422, "订单内容不正确。", "The order is incomplete: merchantOrder, amount above 0 with two places, subject, notifyUrl and returnUrl are needed.");
    private static readonly Problem BadRefund = new("channel.refund", 422, "退款金额不正确。", "The refund is larger than what was paid and not yet refunded.");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/channel/v1/orders", CreateAsync);
        api.MapPost("/channel/v1/refunds", RefundAsync);
        api.MapGet("/channel/v1/orders/{orderNumber}", async (string orderNumber, SandboxContext database, IOptions<AddressSettings> addresses) =>
            await database.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.OrderNumber == orderNumber) is { } order
                ? Results.Ok(Answer(order, addresses.Value)) : Results.NotFound());
    }

    public static decimal Yuan(long fen) => fen / 100m;

    private static async Task<IResult> CreateAsync(HttpContext http, ChannelSignature signature, SandboxContext database, IOptions<AddressSettings> addresses, TimeProvider time)
    {
        var request = await ReadAsync<OrderRequest>(http, signature);
        if (request is not { MerchantOrder.Length: > 0 and <= 64, Subject.Length: > 0, NotifyUrl: not null, ReturnUrl: not null } || request.Amount <= 0 || request.Amount * 100 != decimal.Truncate(request.Amount * 100)
            || !Uri.TryCreate(request.NotifyUrl, UriKind.Absolute, out var notify) || !notify.IsLoopback || !Uri.TryCreate(request.ReturnUrl, UriKind.Absolute, out _))
        {
            throw BadOrder.Exception();
        }

        var merchant = http.Request.Headers["X-Merchant"].ToString();
        var order = await database.Orders.SingleOrDefaultAsync(o => o.Merchant == merchant && o.MerchantOrder == request.MerchantOrder);
        if (order is null)
        {
            order = new ChannelOrder
            {
                OrderNumber = "C" + time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + Random.Shared.Next(0, 100_000_000).ToString("00000000", CultureInfo.InvariantCulture),
                Merchant = merchant,
                MerchantOrder = request.MerchantOrder!,
                Amount = (long)(request.Amount * 100),
                Subject = request.Subject!,
                NotifyUrl = request.NotifyUrl!,
                ReturnUrl = request.ReturnUrl!,
                CreatedAt = time.GetUtcNow(),
            };
            database.Orders.Add(order);
            await database.SaveChangesAsync();
        }

        return Results.Ok(Answer(order, addresses.Value));
    }

    private static async Task<IResult> RefundAsync(HttpContext http, ChannelSignature signature, SandboxContext database, IOptions<AddressSettings> addresses)
    {
        var request = await ReadAsync<RefundRequest>(http, signature);
        var order = await database.Orders.SingleOrDefaultAsync(o => o.OrderNumber == request.OrderNumber);
        var amount = (long)(request.Amount * 100);
        if (order is not { State: "paid" or "refunded" } || amount <= 0 || order.Refunded + amount > order.Amount)
        {
            throw BadRefund.Exception();
        }

        order.Refunded += amount;
        order.State = order.Refunded == order.Amount ? "refunded" : order.State;
        await database.SaveChangesAsync();
        return Results.Ok(Answer(order, addresses.Value));
    }

    private static object Answer(ChannelOrder order, AddressSettings addresses) => new
    {
        order.OrderNumber,
        order.MerchantOrder,
        amount = Yuan(order.Amount),
        refunded = Yuan(order.Refunded),
        order.State,
        order.TransactionNumber,
        order.PaidAt,
        payUrl = $"{AddressSettings.Text(addresses.Sandbox)}/channel/pay/{order.OrderNumber}",
    };

    private static async Task<T> ReadAsync<T>(HttpContext http, ChannelSignature signature)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        if (!signature.Verify(http.Request, body))
        {
            throw BadSignature.Exception();
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, JsonSerializerOptions.Web) ?? throw BadOrder.Exception();
        }
        catch (JsonException)
        {
            throw BadOrder.Exception();
        }
    }

    internal sealed record OrderRequest(string? MerchantOrder, decimal Amount, string? Subject, string? NotifyUrl, string? ReturnUrl);

    internal sealed record RefundRequest(string? OrderNumber, decimal Amount);
}
