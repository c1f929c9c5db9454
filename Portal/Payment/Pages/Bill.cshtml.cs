using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Payment.Data;
using Yinxin.Payment.Features.Bills;
using Yinxin.Payment.Features.Channel;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Web.Components;

namespace Yinxin.Payment.Pages;

/// <summary>Paying online is an act of at least an intermediate user (domain rule: payment §1).</summary>
[RequireAssurance(AssuranceLevel.Intermediate, OfPerson = true)]
internal sealed class BillModel(PaymentContext database, ChannelClient channel, Settlement settlement, IAuditTrail audit, TimeProvider time, ITexts texts) : PayersPage(database)
{
    public BillRecord Bill { get; private set; } = null!;

    public IReadOnlyList<BillLine> Lines { get; private set; } = [];

    /// <summary>The latest attempt is still open at the channel.</summary>
    public bool Waiting { get; private set; }

    /// <summary>How the latest attempt ended without payment: <c>failed</c>, <c>cancelled</c>.</summary>
    public string? Ended { get; private set; }

    /// <summary>The payer has paid, but after the bill had expired: renewed, it takes that money.</summary>
    public bool PaidLate { get; private set; }

    public bool Expired => Bill.State == "Issued" && time.GetUtcNow() > Bill.ValidUntil;

    public async Task<IActionResult> OnGetAsync(string number)
    {
        if (!await LoadAsync(number))
        {
            return NotFound();
        }

        try
        {
            await AskAsync();
        }
        catch (Exception e) when (IsOutage(e))
        {
            // The page is worth showing without the channel; its callback may come any moment.
            Waiting = Bill is { ChannelOrder: not null, State: "Issued" };
        }

        PaidLate = Expired && await Database.Exceptions.AnyAsync(e => e.BillNumber == number && e.Kind == nameof(SettlementOutcome.Late), HttpContext.RequestAborted);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string number)
    {
        if (!await LoadAsync(number))
        {
            return NotFound();
        }

        try
        {
            var former = await AskAsync();
            if (Bill.State != "Issued" || Expired)
            {
                return Refuse(texts.Of("该缴款单不能再支付", "This bill can no longer be paid"), StatusCodes.Status422UnprocessableEntity);
            }

            var begins = former?.State != ChannelAnswer.Open;
            Bill.Attempt += begins ? 1 : 0;
            var order = await channel.OrderAsync(Bill, HttpContext.RequestAborted);
            if (begins)
            {
                Database.Add(ChannelQuestion.For(Bill, order.OrderNumber, time.GetUtcNow()));
                var acted = User.ActedFor();
                audit.Add(new AuditEntry(
                    "bill.paymentBegun", Bill.BillNumber, User.RequireSignedInUser().Subject, Details: new { Bill.Attempt, organisation = acted?.Organisation, mandate = acted?.Mandate }));
            }

            Bill.ChannelOrder = order.OrderNumber;
            Bill.Version++;
            await Database.SaveChangesAsync(HttpContext.RequestAborted);
            return Redirect(order.PayUrl.AbsoluteUri);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Paid, or begun in another window, in the very moment: the page shows it.
            return RedirectToPage(new { number });
        }
        catch (Exception e) when (IsOutage(e))
        {
            return Refuse(texts.Of("支付渠道暂时不可用，未扣款，请稍后再试", "The payment channel is not available; nothing was charged. Please try again later"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>An expired bill is due again for the same time as before, so that no case waits for ever.</summary>
    public async Task<IActionResult> OnPostRenewAsync(string number)
    {
        if (!await LoadAsync(number))
        {
            return NotFound();
        }

        if (Expired)
        {
            Bill.ValidUntil = time.GetUtcNow().AddDays(Bills.DaysValid);
            Bill.Version++;
            var acted = User.ActedFor();
            audit.Add(new AuditEntry(
                "bill.renewed", Bill.BillNumber, User.RequireSignedInUser().Subject, Details: new { Bill.ValidUntil, organisation = acted?.Organisation, mandate = acted?.Mandate }));
            try
            {
                await Database.SaveChangesAsync(HttpContext.RequestAborted);
            }
            catch (DbUpdateConcurrencyException)
            {
                return RedirectToPage(new { number });
            }
        }

        return RedirectToPage(new { number });
    }

    /// <summary>Where an attempt was begun and no callback has come, the channel is asked; its word settles the bill as a callback would.</summary>
    private async Task<ChannelAnswer?> AskAsync()
    {
        if (Bill is not { State: "Issued", ChannelOrder: { } order })
        {
            return null;
        }

        var answer = await channel.QueryAsync(order, HttpContext.RequestAborted);
        if (answer.State == "paid")
        {
            await settlement.SettleAsync(answer, HttpContext.RequestAborted);
            await LoadAsync(Bill.BillNumber);
        }

        Waiting = Bill.State == "Issued" && answer.State == ChannelAnswer.Open;
        Ended = Bill.State == "Issued" && answer.State is "failed" or "cancelled" ? answer.State : null;
        return answer;
    }

    private static bool IsOutage(Exception e) =>
        e is HttpRequestException or JsonException or TaskCanceledException or Polly.Timeout.TimeoutRejectedException or Polly.CircuitBreaker.BrokenCircuitException;

    private PageResult Refuse(string message, int status)
    {
        ModelState.AddModelError("", message);
        Response.StatusCode = status;
        return Page();
    }

    private async Task<bool> LoadAsync(string number)
    {
        if (await FindAsync(number) is not { } bill)
        {
            return false;
        }

        Bill = bill;
        Lines = JsonSerializer.Deserialize<List<BillLine>>(bill.Lines, JsonSerializerOptions.Web) ?? [];
        return true;
    }
}
