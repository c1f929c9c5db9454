using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Issue;
using Yinxin.License.Server.Features.Verify;
using Yinxin.License.Validation;

namespace Yinxin.License.Server.Pages;

[RequestSizeLimit(LicenseVerification.LargestFile + (64 * 1024))]
[RequestFormLimits(MultipartBodyLengthLimit = LicenseVerification.LargestFile + (64 * 1024))]
internal sealed class VerifyModel(OwnVerification verification, LicenseContext database, TimeProvider time) : PageModel
{
    public PublicReport? Report { get; private set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (file is null or { Length: 0 } or { Length: > LicenseVerification.LargestFile })
        {
            var problem = file is { Length: > LicenseVerification.LargestFile } ? VerifyFile.TooLarge : VerifyFile.NoFile;
            ModelState.AddModelError("File", problem.Text);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, HttpContext.RequestAborted);
        Report = await VerifyFile.RunAsync(content.ToArray(), verification, database, time, HttpContext.RequestAborted);
        return Page();
    }
}
