using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>The parties' door to a dispute; neither can sign in meanwhile.</summary>
internal sealed class FindDisputeModel(DisputeParties parties, DisputeViews views) : PageModel
{
    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        try
        {
            views.Write(HttpContext, await parties.KnowAsync(Number, Code, HttpContext.Connection.RemoteIpAddress, cancellationToken));
            return LocalRedirect("/disputes/mine");
        }
        catch (ProblemException e) when (e.Problem.Status is 422 or 429)
        {
            ModelState.AddModelError(nameof(Number), e.Problem.Text);
            ModelState.SetModelValue(nameof(Code), null, null);
            Response.StatusCode = e.Problem.Status;
            return Page();
        }
    }
}
