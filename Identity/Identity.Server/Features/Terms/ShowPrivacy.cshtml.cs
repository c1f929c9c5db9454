using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>What the Personal Information Protection Law, article 17, wants people told before their data are processed.</summary>
internal sealed class ShowPrivacyModel(IOptions<OperatorSettings> settings, TimeProvider time) : DocumentPage(LegalDocument.Privacy, settings, time)
{
    public IActionResult OnGet(string? version) => Show(version);
}
