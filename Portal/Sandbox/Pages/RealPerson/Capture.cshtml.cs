using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Sandbox.Features.RealPerson;
using Yinxin.Web.Components;

namespace Yinxin.Sandbox.Pages.RealPerson;

/// <summary>Where a camera would be.</summary>
internal sealed class CaptureModel(RealPersonSessions sessions, ITexts texts) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    [BindProperty]
    public string? Seen { get; set; }

    public RealPersonSession Session { get; private set; } = null!;

    public IEnumerable<KeyValuePair<string, string>> Choices => Session.Method is null ? OfActions : OfDigits;

    private IEnumerable<KeyValuePair<string, string>> OfDigits =>
    [
        new("right", texts.Of("本人，数字正确", "The person, right digits")),
        new("other-person", texts.Of("另一个人", "Somebody else")),
        new("unlike", texts.Of("与登记的不够相像", "Not alike enough")),
        new("still-photo", texts.Of("一段录音或录像", "A recording")),
        new("other-actions", texts.Of("本人，数字不对（旧录音）", "The person, wrong digits (an old recording)")),
    ];

    private IEnumerable<KeyValuePair<string, string>> OfActions =>
    [
        new("right", texts.Of("本人，动作正确", "The person, right actions")),
        new("other-person", texts.Of("另一个人", "Somebody else")),
        new("still-photo", texts.Of("一张照片", "A still photo")),
        new("other-actions", texts.Of("本人，动作不对（旧录像）", "The person, wrong actions (an old video)")),
    ];

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (sessions.Find(Id) is { } session)
        {
            Session = session;
        }
        else
        {
            context.Result = NotFound();
        }
    }

    public void OnGet()
    {
    }

    public IActionResult OnPost()
    {
        if (!Choices.Any(c => c.Key == Seen))
        {
            return BadRequest();
        }

        if (Session.Seen is null)
        {
            sessions.See(Id, Seen!);
        }

        return RedirectToPage(new { Id });
    }
}
