using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Cases;
using Yinxin.Desk.Features.Matters;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Desk.Features.Completion;

/// <summary>After the decision: a bill where there is a fee, then the licence. Both go through the outbox, so an outage delays and loses nothing.</summary>
internal static class CompletionMessages
{
    public const string Bill = "case.bill";
    public const string License = "case.license";

    public static OutboxMessage For(CaseRecord record, string kind, DateTimeOffset now) => OutboxMessage.Create(kind, record.CaseNumber, record.CaseNumber, now);
}

/// <summary>Payment over HTTP.</summary>
internal sealed class PaymentClient(HttpClient client)
{
    public async Task<BillAnswer> CreateBillAsync(object request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/bills") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(message, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<BillAnswer>(cancellationToken))!;
    }

    internal sealed record BillAnswer(string BillNumber, string PayUrl);
}

/// <summary>License over HTTP.</summary>
internal sealed class LicenseClient(HttpClient client)
{
    public async Task<LicenseAnswer> IssueAsync(object request, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/licenses") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(message, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            throw new HttpRequestException($"License answered {(int)response.StatusCode} {(body.TryGetProperty("code", out var code) ? code.GetString() : "")}.");
        }

        return (await response.Content.ReadFromJsonAsync<LicenseAnswer>(cancellationToken))!;
    }

    internal sealed record LicenseAnswer(string Identifier, Dictionary<string, string> Links);
}

internal sealed class BillHandler(DeskContext database, CaseStore store, PaymentClient payment, IOptions<AddressSettings> addresses) : IOutboxHandler
{
    public string Kind => CompletionMessages.Bill;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var record = await store.FindAsync(message.Read<string>(), cancellationToken);
        if (record.BillNumber is not null)
        {
            return;
        }

        var applicant = store.ApplicantOf(record);
        var matter = Matter.Parse((await MatterLibrary.FindAsync(database, record.ImplementationCode, cancellationToken)).Json);
        var bill = await payment.CreateBillAsync(
            new
            {
                record.CaseNumber,
                payer = new { sub = record.Subject, name = applicant.Masked, organisation = record.Organisation },
                collectingBody = new { uscc = record.BodyUscc, name = record.BodyName },
                lines = matter.Fees.Where(f => f.AmountFen > 0).Select(f => new { feeItemCode = f.Code, f.Name, f.NameEn, quantity = 1, f.Unit, amountFen = f.AmountFen }),
                returnUrl = $"{AddressSettings.Text(addresses.Value.Web)}/cases/{record.CaseNumber}",
            },
            "bill/" + record.CaseNumber,
            cancellationToken);
        record.BillNumber = bill.BillNumber;
        record.PayUrl = bill.PayUrl;
        record.Version++;
        await store.SaveAsync(cancellationToken);
    }
}

internal sealed class LicenseHandler(DeskContext database, CaseStore store, LicenseClient license, TimeProvider time) : IOutboxHandler
{
    public string Kind => CompletionMessages.License;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var record = await store.FindAsync(message.Read<string>(), cancellationToken);
        if (record.LicenseIdentifier is not null)
        {
            return;
        }

        var applicant = store.ApplicantOf(record);
        var form = store.FormOf(record);
        var matter = Matter.Parse((await MatterLibrary.FindAsync(database, record.ImplementationCode, cancellationToken)).Json);
        var now = time.GetUtcNow();
        if (matter.Result?.LicenseType is null)
        {
            // Nothing to issue: the decision is the result. A second delivery finds the case completed.
            if (record.State == nameof(CaseState.Issuing))
            {
                database.Events.Add(CaseFlow.Step(record, CaseAct.Issue, "system", "Desk", "", now, await store.LastSequenceAsync(record.CaseNumber, cancellationToken)));
                await store.SaveAsync(cancellationToken);
            }

            return;
        }

        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        var answer = await license.IssueAsync(
            new
            {
                type = matter.Result?.LicenseType,
                holder = new
                {
                    applicant.Name,
                    code = applicant.OrganisationUscc ?? applicant.IdNumber,
                    codeTypeCode = applicant.OrganisationUscc is null ? "111" : "001",
                    subject = record.Subject,
                    organisation = record.Organisation,
                },
                issuer = new { uscc = record.BodyUscc, name = record.BodyName },
                faceData = new Dictionary<string, string>
                {
                    ["businessName"] = form["businessName"],
                    ["principal"] = applicant.PersonName,
                    ["address"] = form["address"],
                    ["scope"] = form["scope"],
                    ["mode"] = form["mode"],
                },
                validFrom = today,
                validTo = today.AddYears(matter.LicenceValidity?.Years ?? 5).AddDays(-1),
                record.CaseNumber,
            },
            "license/" + record.CaseNumber,
            cancellationToken);
        record.LicenseIdentifier = answer.Identifier;
        record.VerifyUrl = answer.Links.GetValueOrDefault("verify");
        database.Events.Add(CaseFlow.Step(record, CaseAct.Issue, "system", "License", "", now, await store.LastSequenceAsync(record.CaseNumber, cancellationToken)));
        await store.SaveAsync(cancellationToken);
    }
}
