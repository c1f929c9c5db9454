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

    public AssuranceLevel Needed => Matter.NeededOf(Applicant);

    public bool LevelReached => Applicant.Level >= Needed;

    /// <summary>No level would help: the first step says why, and the others lead back to it.</summary>
    public bool Hindered => Matter.HindranceFor(Applicant) is not null;

    protected DeskApi Desk => desk;

    /// <summary>The first step.</summary>
    protected string Start => $"/apply/{Uri.EscapeDataString(Code)}";

    protected async Task LoadAsync()
    {
        var draft = desk.DraftAsync(Code, HttpContext.RequestAborted);
        Matter = await desk.MatterAsync(Code, HttpContext.RequestAborted);
        Draft = Hindered ? await IfAnyAsync(draft) : await draft;
        if (!Matter.Applicable)
        {
            throw NotOnline.Exception();
        }
    }

    protected Task SaveAsync() => desk.SaveAsync(Code, Draft, HttpContext.RequestAborted);

    /// <summary>To Identity to raise the level and back here; the draft already lies at Desk.</summary>
    protected ChallengeResult RaiseLevel(string returnTo) =>
        Challenge(SignInProperties.For(returnTo, Needed), YinxinSignIn.ChallengeScheme);

    /// <summary>The page again with its mistakes.</summary>
    protected static PageResult Mistakes() => new() { StatusCode = StatusCodes.Status422UnprocessableEntity };

    /// <summary>Required fields of the form that the draft lacks.</summary>
    protected bool FormIsComplete() => Matter.Form.All(f => !f.Required || Draft.Form.GetValueOrDefault(f.Key) is { Length: > 0 });

    protected bool MaterialsAreComplete() => Draft.Materials.Count > 0 && Matter.Materials.All(m => !m.Required || Draft.Materials.Exists(d => d.Key == m.Id));

    /// <summary>Of a matter outside a mandate Desk gives no draft: the page says why nothing can be applied for, and who can, where that refusal would not.</summary>
    private static async Task<Draft> IfAnyAsync(Task<Draft> draft)
    {
        try
        {
            return await draft;
        }
        catch (ProblemException refused) when (refused.Problem.Status == StatusCodes.Status403Forbidden)
        {
            return new Draft();
        }
    }
}
