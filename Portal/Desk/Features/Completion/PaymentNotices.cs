using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Cases;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Desk.Features.Completion;

/// <summary>POST /api/payment-notices: the fee is paid and the case goes on. Late and doubled notices change nothing.</summary>
internal static class PaymentNotices
{
    private static readonly Problem WrongBill = new("payment.notice", 422, "缴款单与办件不符。", "The bill or its amount does not belong to this case.");

    public static void Map(WebApplication app) => app.MapPost("/api/payment-notices", async (
        Notice notice, HttpContext http, DeskContext database, CaseStore store, IAuditTrail audit, TimeProvider time, CancellationToken cancellationToken) =>
    {
        var record = await store.FindAsync(notice.CaseNumber ?? "", cancellationToken);
        if (notice.State != "paid" || (record.BillNumber is not null && record.BillNumber != notice.BillNumber) || notice.AmountFen != record.FeeFen)
        {
            throw WrongBill.Exception();
        }

        if (record.State == nameof(CaseState.AwaitingPayment))
        {
            var now = time.GetUtcNow();
            record.BillNumber = notice.BillNumber;
            database.Events.Add(CaseFlow.Step(record, CaseAct.Pay, "payment", "Payment", notice.BillNumber ?? "", now, await store.LastSequenceAsync(record.CaseNumber, cancellationToken)));
            database.Add(CompletionMessages.For(record, CompletionMessages.License, now));
            audit.Add(new AuditEntry("case.paid", record.CaseNumber, http.User.FindFirst("client_id")?.Value));
            await store.SaveAsync(cancellationToken);
        }

        return Results.Ok(new { record.CaseNumber, record.State });
    }).RequireAuthorization(ApiTokens.Scope("case.notify")).RequireIdempotencyKey<DeskContext>();

    internal sealed record Notice(string? CaseNumber, string? BillNumber, string? State, long AmountFen);
}
