using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>What is agreed between the platform and whoever has an account.</summary>
internal sealed class ShowTermsModel(IOptions<OperatorSettings> settings, TimeProvider time) : DocumentPage(LegalDocument.Terms, settings, time)
{
    public IActionResult OnGet(string? version) => Show(version);
}
