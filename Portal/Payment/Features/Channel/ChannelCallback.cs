using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Payment.Features.Channel;

/// <summary>POST /callbacks/sandbox-channel: signature first, then form, then <see cref="Settlement"/>; «ok» ends the channel's repetitions.</summary>
internal static class ChannelCallback
{
    private const int LargestBody = 16 * 1024;
    private const decimal LargestAmount = 1_000_000_000;
    private static readonly Problem BadSignature = new("channel.signature", 401, "签名不正确或已过期。", "The signature is wrong or too old.");
    private static readonly Problem Malformed = new("channel.malformed", 422, "通知内容不正确。", "The notice is malformed.");
    private static readonly Problem TooLarge = new("channel.tooLarge", 413, "通知过大。", "The notice is too large.");
    private static readonly Problem WrongAmount = new("channel.amount", 422, "金额与缴款单不符，已转人工处理。", "The amount is not the bill's; it was put aside for a person to look at.");
    private static readonly Problem UnknownBill = new("channel.bill", 422, "没有对应的缴款单，已转人工处理。", "There is no such bill; it was put aside for a person to look at.");

    public static void Map(WebApplication app) => app.MapPost("/callbacks/sandbox-channel", HandleAsync).DisableAntiforgery();

    private static async Task<IResult> HandleAsync(HttpContext http, ChannelSignature signature, Settlement settlement, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(http, cancellationToken);
        if (!signature.Verify(http.Request.Headers["X-Channel-Timestamp"].ToString(), http.Request.Headers["X-Channel-Signature"].ToString(), body))
        {
            throw BadSignature.Exception();
        }

        var notice = Parse(body);
        if (notice.State != "paid")
        {
            return Results.Text("ok");
        }

        var outcome = await settlement.SettleAsync(
            new PaidNotice(notice.MerchantOrder!, notice.OrderNumber, notice.TransactionNumber!, (long)(notice.Amount * 100), notice.PaidAt), cancellationToken);
        return outcome switch
        {
            SettlementOutcome.UnknownBill => throw UnknownBill.Exception(),
            SettlementOutcome.WrongAmount => throw WrongAmount.Exception(),
            _ => Results.Text("ok"),
        };
    }

    private static Notice Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Notice>(body, JsonSerializerOptions.Web)
                is { MerchantOrder.Length: > 0 and <= 64, State.Length: > 0, Amount: > 0 and < LargestAmount } notice
                && (notice.State != "paid" || notice.TransactionNumber is { Length: > 0 and <= 100 })
                && notice.Amount * 100 == decimal.Truncate(notice.Amount * 100)
                ? notice
                : throw Malformed.Exception();
        }
        catch (JsonException)
        {
            throw Malformed.Exception();
        }
    }

    private static async Task<string> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (http.Request.ContentLength > LargestBody)
        {
            throw TooLarge.Exception();
        }

        // A body without a stated length is cut off there as well.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestBody;

        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    internal sealed record Notice(string? MerchantOrder, string? OrderNumber, string? TransactionNumber, decimal Amount, string? State, DateTimeOffset? PaidAt);
}
