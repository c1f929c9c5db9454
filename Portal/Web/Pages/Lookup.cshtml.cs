using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages;

/// <summary>By POST, so that the query code stands in no address and no log.</summary>
[EnableRateLimiting(WebApp.LookupLimit)]
internal sealed class LookupModel(DeskApi desk, ITexts texts) : PageModel
{
    [BindProperty]
    public string? CaseNumber { get; set; }

    [BindProperty]
    public string? QueryCode { get; set; }

    public Case? Found { get; private set; }

    public async Task<IActionResult> OnPostAsync()
    {
        ModelState.Clear();
        if (CaseNumber?.Trim() is not { Length: > 0 and <= 50 } number || QueryCode?.Trim() is not { Length: 6 } code)
        {
            ModelState.AddModelError(nameof(CaseNumber), texts.Of("请填写办件编号和 6 位查询码", "Enter the case number and the six digits of the code"));
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        try
        {
            Found = await desk.LookUpAsync(number, code, HttpContext.RequestAborted);
            return Page();
        }
        catch (ProblemException unknown) when (unknown.Problem.Status == StatusCodes.Status404NotFound)
        {
            ModelState.AddModelError(nameof(CaseNumber), texts.Of("编号或查询码不正确", "The number or the code is not right"));
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }
        catch (ProblemException braked) when (braked.Problem.Status == StatusCodes.Status429TooManyRequests)
        {
            ModelState.AddModelError(nameof(CaseNumber), braked.Problem.Text);
            return new PageResult { StatusCode = StatusCodes.Status429TooManyRequests };
        }
    }
}
