using Microsoft.AspNetCore.Mvc;
using Yinxin.Payment.Data;

namespace Yinxin.Payment.Pages;

internal sealed class ReceiptModel(PaymentContext database) : PayersPage(database)
{
    public BillRecord Bill { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string number)
    {
        if (await FindAsync(number) is not { State: "Paid" } bill)
        {
            return NotFound();
        }

        Bill = bill;
        return Page();
    }
}
