using Microsoft.AspNetCore.Mvc;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Apply;

internal sealed class CheckModel(DeskApi desk, ITexts texts) : ApplyPage(desk)
{
    private string Start => $"/apply/{Uri.EscapeDataString(Code)}";

    public async Task<IActionResult> OnGetAsync()
    {
        await LoadAsync();
        return Incomplete() is { } elsewhere ? elsewhere : Page();
    }

    public async Task<IActionResult> OnPostAsync(bool declaration)
    {
        await LoadAsync();
        if (Incomplete() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!LevelReached)
        {
            return RaiseLevel($"{Start}/check");
        }

        if (!declaration)
        {
            ModelState.AddModelError("Declaration", texts.Of("请勾选承诺", "Tick the declaration"));
            return Mistakes();
        }

        try
        {
            // The key was saved before it is used: a second press of the button meets the same case.
            await SaveAsync();
            var submitted = await Desk.SubmitAsync(Code, Draft, HttpContext.RequestAborted);
            return Redirect($"/cases/{Uri.EscapeDataString(submitted.CaseNumber)}?submitted=1");
        }
        catch (ProblemException refused) when (refused.Problem.Status == StatusCodes.Status422UnprocessableEntity)
        {
            ModelState.AddModelError("", refused.Problem.Text);
            return Mistakes();
        }
    }

    private RedirectResult? Incomplete() => !FormIsComplete() ? Redirect(Start) : !MaterialsAreComplete() ? Redirect($"{Start}/materials") : null;
}
