using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Apply;

/// <summary>The three steps of an application share matter, draft and the demand for a level.</summary>
internal abstract class ApplyPage(DeskApi desk) : PageModel
{
    private static readonly Problem NotOnline = new("matter.offline", 404, "该事项暂不支持网上申办，请到窗口办理。", "This matter cannot be applied for online yet; please go to the window.");

    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = "";

    public Matter Matter { get; private set; } = null!;

    public Draft Draft { get; protected set; } = null!;

    public SignedInUser Applicant => User.RequireSignedInUser();

    public bool LevelReached => Applicant.Level >= Matter.NeededToApply();

    protected DeskApi Desk => desk;

    protected async Task LoadAsync()
    {
        var draft = desk.DraftAsync(Code, HttpContext.RequestAborted);
        Matter = await desk.MatterAsync(Code, HttpContext.RequestAborted);
        Draft = await draft;
        if (!Matter.Applicable)
        {
            throw NotOnline.Exception();
        }
    }

    protected Task SaveAsync() => desk.SaveAsync(Code, Draft, HttpContext.RequestAborted);

    /// <summary>To Identity to raise the level and back here; the draft already lies at Desk.</summary>
    protected ChallengeResult RaiseLevel(string returnTo) =>
        Challenge(SignInProperties.For(returnTo, Matter.NeededToApply()), YinxinSignIn.ChallengeScheme);

    /// <summary>The page again with its mistakes.</summary>
    protected static PageResult Mistakes() => new() { StatusCode = StatusCodes.Status422UnprocessableEntity };

    /// <summary>Required fields of the form that the draft lacks.</summary>
    protected bool FormIsComplete() => Matter.Form.All(f => !f.Required || Draft.Form.GetValueOrDefault(f.Key) is { Length: > 0 });

    protected bool MaterialsAreComplete() => Draft.Materials.Count > 0 && Matter.Materials.All(m => !m.Required || Draft.Materials.Exists(d => d.Key == m.Id));
}
