using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Yinxin.Payment.Data;
using Yinxin.Payment.Features.Notices;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Payment.Features.Channel;

/// <summary>
/// POST /callbacks/sandbox-channel: the only thing that makes a bill paid. Signature first, then the bill, then the amount; a repetition is
/// answered «ok» and changes nothing; money that fits no open bill becomes an exception for a person to look at.
/// </summary>
internal static class ChannelCallback
{
    private const int LargestBody = 16 * 1024;
    private static readonly Problem BadSignature = new("channel.signature", 401, "签名不正确或已过期。", "The signature is wrong or too old.");
    private static readonly Problem Malformed = new("channel.malformed", 422, "通知内容不正确。", "The notice is malformed.");
    private static readonly Problem WrongAmount = new("channel.amount", 422, "金额与缴款单不符，已转人工处理。", "The amount is not the bill's; it was put aside for a person to look at.");

    public static void Map(WebApplication app) => app.MapPost("/callbacks/sandbox-channel", HandleAsync).DisableAntiforgery();

    private static async Task<IResult> HandleAsync(HttpContext http, ChannelSignature signature, PaymentContext database, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken)
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

        var now = time.GetUtcNow();
        var bill = await database.Bills.SingleOrDefaultAsync(b => b.BillNumber == notice.MerchantOrder, cancellationToken);
        var amount = (long)(notice.Amount * 100);
        if (bill is null || amount != bill.TotalFen)
        {
            await PutAsideAsync(database, bill is null ? "unknownBill" : "wrongAmount", notice, amount, now, cancellationToken);
            throw (bill is null ? Malformed : WrongAmount).Exception();
        }

        if (bill.State == "Paid")
        {
            if (bill.TransactionNumber != notice.TransactionNumber)
            {
                await PutAsideAsync(database, "paidTwice", notice, amount, now, cancellationToken);
            }

            return Results.Text("ok");
        }

        if (bill.State == "Cancelled" || now > bill.ValidUntil)
        {
            await PutAsideAsync(database, "late", notice, amount, now, cancellationToken);
            return Results.Text("ok");
        }

        bill.State = "Paid";
        bill.PaidAt = notice.PaidAt ?? now;
        bill.ChannelOrder = notice.OrderNumber;
        bill.TransactionNumber = notice.TransactionNumber;
        bill.Version++;
        database.Add(DeskNotice.For(bill, now));
        audit.Add(new AuditEntry("bill.paid", bill.BillNumber, "channel", Details: new { notice.TransactionNumber }));
        await database.SaveChangesAsync(cancellationToken);
        return Results.Text("ok");
    }

    /// <summary>Once for each transaction, however often the channel repeats itself.</summary>
    private static async Task PutAsideAsync(PaymentContext database, string kind, Notice notice, long amount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await database.Exceptions.AnyAsync(e => e.Kind == kind && e.TransactionNumber == notice.TransactionNumber, cancellationToken))
        {
            database.Exceptions.Add(new PaymentException
            {
                Id = Guid.CreateVersion7(now),
                Kind = kind,
                BillNumber = notice.MerchantOrder,
                ChannelOrder = notice.OrderNumber,
                TransactionNumber = notice.TransactionNumber,
                AmountFen = amount,
                At = now,
            });
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    private static Notice Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<Notice>(body, JsonSerializerOptions.Web) is { MerchantOrder.Length: > 0, TransactionNumber.Length: > 0 and <= 100, Amount: > 0 and < 1_000_000_000 } notice && notice.Amount * 100 == decimal.Truncate(notice.Amount * 100)
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
            throw Malformed.Exception();
        }

        // A body without a stated length is cut off there as well.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestBody;

        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    internal sealed record Notice(string? MerchantOrder, string? OrderNumber, string? TransactionNumber, decimal Amount, string? State, DateTimeOffset? PaidAt);
}
