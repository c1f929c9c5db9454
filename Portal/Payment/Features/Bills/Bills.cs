using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Payment.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Payment.Features.Bills;

/// <summary>One line of a bill.</summary>
internal sealed record BillLine(string? FeeItemCode, string? Name, string? NameEn, int Quantity, string? Unit, long AmountFen);

/// <summary>POST /api/bills: a payment notice for a case; asked again for the same case, the same notice.</summary>
internal static class Bills
{
    /// <summary>How long a bill can be paid.</summary>
    public const int DaysValid = 30;

    private static readonly Problem Malformed = new("bill.malformed", 422, "缴款单内容不正确。", "The bill is incomplete: case, payer, body and lines with positive amounts are needed.");
    private static readonly Problem Busy = new("bill.busy", 503, "请稍后重试。", "Please try again.");
    public static readonly Problem Unknown = new("bill.unknown", 404, "没有该缴款单。", "There is no such bill.");

    public static void Map(WebApplication app)
    {
        app.MapPost("/api/bills", CreateAsync).RequireAuthorization(ApiTokens.Scope("payment.bill")).RequireIdempotencyKey<PaymentContext>();
        app.MapGet("/api/bills/{number}", async (string number, PaymentContext database, IOptions<AddressSettings> addresses, CancellationToken cancellationToken) =>
            View(await database.Bills.AsNoTracking().SingleOrDefaultAsync(b => b.BillNumber == number, cancellationToken) ?? throw Unknown.Exception(), addresses.Value))
            .RequireAuthorization(ApiTokens.Scope("payment.bill"));
    }

    private static async Task<IResult> CreateAsync(
        Request request, HttpContext http, PaymentContext database, IAuditTrail audit, IOptions<AddressSettings> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request is not { CaseNumber.Length: > 0 and <= 50, Payer.Sub.Length: > 0, Payer.Name.Length: > 0, CollectingBody.Uscc.Length: 18, Lines.Count: > 0 and <= 20 }
            || request.Lines.Any(l => l is not { AmountFen: > 0 and < 100_000_000_000, Quantity: > 0 and < 1000, Name.Length: > 0 })
            || !Uri.TryCreate(request.ReturnUrl, UriKind.Absolute, out var returnUrl) || returnUrl.GetLeftPart(UriPartial.Authority) != AddressSettings.Text(addresses.Value.Web))
        {
            throw Malformed.Exception();
        }

        if (await FindAsync() is { } known)
        {
            return Created(known);
        }

        var now = time.GetUtcNow();
        var bill = new BillRecord
        {
            BillNumber = "B" + now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetString("0123456789", 10),
            PaymentCode = RandomNumberGenerator.GetString("0123456789", 20),
            CaseNumber = request.CaseNumber,
            PayerSubject = request.Payer.Sub,
            PayerOrganisation = request.Payer.Organisation,
            PayerName = request.Payer.Name,
            BodyUscc = request.CollectingBody.Uscc,
            BodyName = request.CollectingBody.Name ?? "",
            Lines = JsonSerializer.Serialize(request.Lines, JsonSerializerOptions.Web),
            TotalFen = request.Lines.Sum(l => l.AmountFen * l.Quantity),
            ReturnUrl = request.ReturnUrl!,
            IssuedAt = now,
            ValidUntil = now.AddDays(DaysValid),
        };
        database.Bills.Add(bill);
        audit.Add(new AuditEntry("bill.issued", bill.BillNumber, http.User.FindFirst("client_id")?.Value, Details: new { bill.CaseNumber, bill.TotalFen }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return Created(bill);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Asked twice in one moment: the other request has made it. If not, two random numbers met, and the caller may ask again.
            database.ChangeTracker.Clear();
            return await FindAsync() is { } made ? Created(made) : throw Busy.Exception();
        }

        Task<BillRecord?> FindAsync() => database.Bills.AsNoTracking().SingleOrDefaultAsync(b => b.CaseNumber == request.CaseNumber, cancellationToken);

        IResult Created(BillRecord record) => Results.Created($"/api/bills/{record.BillNumber}", View(record, addresses.Value));
    }

    private static object View(BillRecord bill, AddressSettings addresses) => new
    {
        bill.BillNumber,
        bill.PaymentCode,
        bill.CaseNumber,
        totalFen = bill.TotalFen,
        bill.State,
        bill.IssuedAt,
        bill.ValidUntil,
        bill.PaidAt,
        payUrl = $"{AddressSettings.Text(addresses.Payment)}/bills/{bill.BillNumber}",
    };

    internal sealed record Request(string? CaseNumber, PayerRequest? Payer, BodyRequest? CollectingBody, List<BillLine>? Lines, string? ReturnUrl);

    internal sealed record PayerRequest(string? Sub, string? Name, string? Organisation);

    internal sealed record BodyRequest(string? Uscc, string? Name);
}
