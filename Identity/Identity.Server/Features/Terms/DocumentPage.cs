using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>Shows a document to everybody, signed in or not: the edition in force, or any other by its version.</summary>
internal abstract class DocumentPage(LegalDocument document, IOptions<OperatorSettings> settings, TimeProvider time) : PageModel
{
    public LegalDocument Document => document;

    public OperatorSettings Operator => settings.Value;

    public Edition Edition { get; private set; } = null!;

    public bool IsInForce { get; private set; }

    protected IActionResult Show(string? version)
    {
        var current = document.InForce(time.GetUtcNow());
        if ((version is null ? current : document.Find(version)) is not { } edition)
        {
            return NotFound();
        }

        (Edition, IsInForce) = (edition, edition == current);
        return Page();
    }
}
