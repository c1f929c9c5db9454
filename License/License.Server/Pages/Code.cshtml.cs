using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Status;

namespace Yinxin.License.Server.Pages;

internal sealed class CodeModel(LicenseContext database, TimeProvider time) : PageModel
{
    public LicenseRecord License { get; private set; } = null!;

    public string Status { get; private set; } = "";

    public (string Chinese, string English) StatusWords => LicenseStatus.Words(Status);

    public async Task<IActionResult> OnGetAsync(string code)
    {
        var license = await database.Licenses.AsNoTracking().SingleOrDefaultAsync(l => l.RetrievalCode == code, HttpContext.RequestAborted);
        if (license is null)
        {
            return NotFound();
        }

        License = license;
        Status = LicenseStatus.Of(license, time.GetUtcNow());
        return Page();
    }
}
