using Microsoft.EntityFrameworkCore;
using Yinxin.Payment.Data;

namespace Yinxin.Payment.Pages;

internal sealed class IndexModel(PaymentContext database) : PayersPage(database)
{
    private const int Shown = 100;

    public IReadOnlyList<BillRecord> Bills { get; private set; } = [];

    public async Task OnGetAsync() => Bills = await OwnWithin().AsNoTracking().OrderByDescending(b => b.IssuedAt).Take(Shown).ToListAsync(HttpContext.RequestAborted);
}
