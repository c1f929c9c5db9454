using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>Shown only after the four particulars agreed and a phone was proved: what to do when the number has an account, with the slip for a counter.</summary>
internal sealed class TakenModel(RegistrationDrafts drafts) : PageModel
{
    /// <summary>Null when the page is opened by itself.</summary>
    public string? Slip { get; private set; }

    public void OnGet()
    {
        Slip = drafts.Read(HttpContext)?.Slip;
        Response.Headers.CacheControl = "no-cache, no-store";
    }
}
