using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Sandbox.Data;
using Yinxin.Sandbox.Features.Channel;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Sandbox.Pages.Channel;

internal sealed class PayModel(SandboxContext database, TimeProvider time) : PageModel
{
    private static readonly string[] Results = ["paid", "failed", "cancelled"];

    public ChannelOrder Order { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string OrderNumber { get; set; } = "";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var order = await database.Orders.SingleOrDefaultAsync(o => o.OrderNumber == OrderNumber, HttpContext.RequestAborted);
        if (order is null)
        {
            context.Result = NotFound();
            return;
        }

        Order = order;
        await next();
    }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(string? result)
    {
        if (!Results.Contains(result, StringComparer.Ordinal))
        {
            return BadRequest();
        }

        if (Order.State == "open")
        {
            var now = time.GetUtcNow();
            Order.State = result!;
            if (result == "paid")
            {
                Order.PaidAt = now;
                Order.TransactionNumber = $"T{Guid.CreateVersion7():N}";
            }

            if (result is "paid" or "failed")
            {
                database.Add(OutboxMessage.Create(CallbackHandler.KindName, Order.OrderNumber, Order.OrderNumber, now));
            }

            await database.SaveChangesAsync(HttpContext.RequestAborted);
        }

        // Back to this page and from here by a link: browsers hold a form to `form-action` along its redirects, and merchants stand elsewhere.
        return RedirectToPage(new { OrderNumber });
    }
}
