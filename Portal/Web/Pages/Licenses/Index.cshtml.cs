using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Desk;
using Yinxin.Web.License;

namespace Yinxin.Web.Pages.Licenses;

internal sealed class IndexModel(LicenseApi licenses, IOptions<AddressSettings> addresses) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public int Number { get; set; } = 1;

    public PageOf<OwnLicense> Found { get; private set; } = null!;

    public string VerifyAddress(OwnLicense licence) => $"{AddressSettings.Text(addresses.Value.License)}/v/{Uri.EscapeDataString(licence.RetrievalCode)}";

    public async Task OnGetAsync()
    {
        ModelState.Clear();
        Found = await licenses.MineAsync(Math.Clamp(Number, 1, 10_000), HttpContext.RequestAborted);
    }
}
