using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Payment.Data;
using Yinxin.Payment.Features.Bills;
using Yinxin.Payment.Features.Channel;
using Yinxin.Web.Components;

namespace Yinxin.Payment.Pages;

/// <summary>Paying online is an act of at least an intermediate user (domain rule: payment §1).</summary>
[RequireAssurance(AssuranceLevel.Intermediate)]
internal sealed class BillModel(PaymentContext database, ChannelClient channel, TimeProvider time, ITexts texts) : PayersPage(database)
{
    public BillRecord Bill { get; private set; } = null!;

    public IReadOnlyList<BillLine> Lines { get; private set; } = [];

    public bool Waiting => Bill is { ChannelOrder: not null, State: "Issued" };

    public async Task<IActionResult> OnGetAsync(string number) => await LoadAsync(number) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string number)
    {
        if (!await LoadAsync(number))
        {
            return NotFound();
        }

        if (Bill.State != "Issued" || time.GetUtcNow() > Bill.ValidUntil)
        {
            return Refuse(texts.Of("该缴款单不能再支付", "This bill can no longer be paid"), StatusCodes.Status422UnprocessableEntity);
        }

        try
        {
            var (order, payUrl) = await channel.OrderAsync(Bill, HttpContext.RequestAborted);
            Bill.ChannelOrder = order;
            Bill.Version++;
            await Database.SaveChangesAsync(HttpContext.RequestAborted);
            return Redirect(payUrl.AbsoluteUri);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Paid in the very moment: the page shows it.
            return RedirectToPage(new { number });
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException or Polly.Timeout.TimeoutRejectedException or Polly.CircuitBreaker.BrokenCircuitException)
        {
            return Refuse(texts.Of("支付渠道暂时不可用，未扣款，请稍后再试", "The payment channel is not available; nothing was charged. Please try again later"), StatusCodes.Status503ServiceUnavailable);
        }
    }

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
