using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Primitives;

namespace Yinxin.Web.Components;

/// <summary>Pages that htmx keeps up to date part by part. Without script the same address gives the whole page, and every form is a real form.</summary>
public static class Fragments
{
    private const string Live = "Live";

    /// <summary>The whole page, or only the named part of it where the page's script asks for that. The page's layout loads the script.</summary>
    /// <param name="page">The page; also the part's model.</param>
    /// <param name="part">Name of the partial.</param>
    public static IActionResult PageOrPart(this PageModel page, string part)
    {
        // A cache must never give a part to whoever wants the page.
        var vary = page.Response.Headers.Vary;
        page.Response.Headers.Vary = StringValues.Concat(vary, new StringValues(["HX-Request", "HX-Request-Type"]));
        page.ViewData[Live] = true;
        return page.Request.WantsPart() ? page.Partial(part, page) : page.Page();
    }

    /// <summary>The page's script asks, and for a part: not for a page that it would put in the place of this one.</summary>
    public static bool WantsPart(this HttpRequest request) => request.Headers["HX-Request"] == "true" && request.Headers["HX-Request-Type"] == "partial";
}
