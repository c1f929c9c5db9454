using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Cases;

internal sealed class CaseModel(DeskApi desk, ITexts texts) : PageModel
{
    public Case Item { get; private set; } = null!;

    public IReadOnlyList<Matter.FormField> Fields { get; private set; } = [];

    /// <summary>Just submitted: shown as a confirmation.</summary>
    public bool Submitted { get; private set; }

    public async Task OnGetAsync(string caseNumber, string? submitted)
    {
        await LoadAsync(caseNumber);
        Submitted = submitted == "1" && Item.State == "Submitted";
    }

    public async Task<IActionResult> OnPostWithdrawAsync(string caseNumber, bool confirmed)
    {
        if (confirmed)
        {
            try
            {
                await desk.WithdrawAsync(caseNumber, HttpContext.RequestAborted);
                return Redirect($"/cases/{Uri.EscapeDataString(caseNumber)}");
            }
            catch (ProblemException late) when (late.Problem.Status == StatusCodes.Status409Conflict)
            {
                ModelState.AddModelError("", late.Problem.Text);
            }
        }
        else
        {
            ModelState.AddModelError("Confirmed", texts.Of("请勾选确认撤回", "Tick that you want to withdraw"));
        }

        await LoadAsync(caseNumber);
        return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
    }

    private async Task LoadAsync(string caseNumber)
    {
        Item = await desk.CaseAsync(caseNumber, HttpContext.RequestAborted);
        Fields = (await desk.MatterAsync(Item.ImplementationCode, HttpContext.RequestAborted)).Form;
    }
}
