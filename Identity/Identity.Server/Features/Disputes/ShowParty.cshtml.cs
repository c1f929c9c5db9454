using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>A dispute as one of its parties sees it, and the holder's answer. Neither learns the other's name, number or words.</summary>
internal sealed class ShowPartyModel(IdentityContext database, DisputeViews views, DisputeAnswers answers, ITexts texts, TimeProvider time) : PageModel
{
    private DisputeView? view;

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    public Dispute Dispute { get; private set; } = null!;

    public DateTimeOffset Now => time.GetUtcNow();

    public bool Holder => view!.Holder;

    public bool MayAnswer => Holder && Dispute is { State: DisputeState.Open, AnsweredAt: null } && Dispute.AnswerDue > Now;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : LocalRedirect("/disputes");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return LocalRedirect("/disputes");
        }

        if (!Holder)
        {
            return Refuse("", DisputeProblems.Answered.Text, StatusCodes.Status409Conflict);
        }

        if (Answer is not ("contradict" or "agree"))
        {
            return Refuse("contradict", texts.Of("请选择是或不是", "Please choose yes or no"));
        }

        if (Text?.Trim() is not { Length: >= 5 and <= DisputeAnswers.Longest } said)
        {
            return Refuse(nameof(Text), texts.Of("请填写 5 至 1000 字的说明", "Please write 5 to 1000 characters"));
        }

        try
        {
            await answers.AnswerAsync(Dispute.Id, Answer == "contradict", said, code: null, by: null, byName: null, cancellationToken);
            return LocalRedirect("/disputes/mine");
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status409Conflict)
        {
            return Refuse("", e.Problem.Text, e.Problem.Status);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-cache, no-store";
        view = views.Read(HttpContext);
        var found = view is null ? null : await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Id == view.Dispute && d.State != DisputeState.Asked, cancellationToken);
        Dispute = found!;
        return found is not null;
    }

    private PageResult Refuse(string field, string text, int status = StatusCodes.Status422UnprocessableEntity)
    {
        ModelState.AddModelError(field, text);
        Response.StatusCode = status;
        return Page();
    }
}
