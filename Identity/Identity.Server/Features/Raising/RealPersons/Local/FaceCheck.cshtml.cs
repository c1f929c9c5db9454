using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Faces.Pictures;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>
/// Takes one picture for each step, by the camera of the page or by that of the phone's own picture chooser; needs no script. The whole request stays in
/// memory: above the threshold faces would be written to temporary files in the clear. How many such requests there are is bounded before (<see cref="FaceSendings"/>).
/// </summary>
[Authorize]
[RequestSizeLimit(LargestRequest)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestRequest, MemoryBufferThreshold = (int)LargestRequest)]
internal sealed class FaceCheckModel(FaceChecks checks, FaceComparison comparison, SessionStore sessions, ITexts texts) : PageModel
{
    public const string Path = "/face-check";

    /// <summary>At rest, and four actions, the most that a ceremony asks for.</summary>
    private const int MostFrames = 5;

    /// <summary>The script sends a small part of it; without script a phone sends what its camera took.</summary>
    private const long LargestRequest = (MostFrames * (long)PictureLimits.MostBytes) + (64 * 1024);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Nonce { get; set; }

    /// <summary>Null when the ceremony cannot be done any more.</summary>
    public Data.FaceCheck? Check { get; private set; }

    /// <summary>The way back from a ceremony that is over.</summary>
    public string? Back { get; private set; }

    /// <summary>What to do at each step, the first of which is looking straight ahead.</summary>
    public IEnumerable<string> Steps => Check!.Actions.Split(' ').Select(Words).Prepend(texts.Of("正视镜头，表情自然", "Look straight at the camera"));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await FindAsync(cancellationToken);
        return Check is null ? Over() : Page();
    }

    public async Task<IActionResult> OnPostAsync(List<IFormFile>? frames, CancellationToken cancellationToken)
    {
        await FindAsync(cancellationToken);
        try
        {
            if (Check is null)
            {
                throw FaceProblems.Stale.Exception();
            }

            var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken) ?? throw FaceProblems.Stale.Exception();
            await comparison.JudgeAsync(Check, session.AccountId, Nonce, await ReadAsync(frames ?? [], cancellationToken), cancellationToken);
            return Redirect(Check.ReturnUrl);
        }
        catch (ProblemException e) when (!WantsJson)
        {
            await FindAsync(cancellationToken);
            ModelState.AddModelError("", e.Problem.Text);
            Response.StatusCode = e.Problem.Status;
            return Page();
        }
    }

    private bool WantsJson => Request.GetTypedHeaders().Accept.Any(a => a.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase));

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        var session = User.SessionId()!.Value;
        Check = await checks.FindOpenAsync(Id, session, cancellationToken);
        Back = Check is null ? await checks.ReturnUrlAsync(Id, session, cancellationToken) : null;
    }

    private PageResult Over()
    {
        ModelState.AddModelError("", FaceProblems.Stale.Text);
        Response.StatusCode = FaceProblems.Stale.Status;
        return Page();
    }

    private static async Task<IReadOnlyList<byte[]>> ReadAsync(List<IFormFile> files, CancellationToken cancellationToken)
    {
        if (files.Count > MostFrames)
        {
            throw FaceProblems.Incomplete.Exception();
        }

        var frames = new List<byte[]>(files.Count);
        foreach (var file in files.Where(f => f.Length > 0))
        {
            if (file.Length > PictureLimits.MostBytes)
            {
                throw FaceProblems.Of(Faces.FaceFault.TooLarge).Exception();
            }

            var frame = new byte[file.Length];
            await using var sent = file.OpenReadStream();
            await sent.ReadExactlyAsync(frame, cancellationToken);
            frames.Add(frame);
        }

        return frames;
    }

    private string Words(string action) => action switch
    {
        Faces.FaceActions.Blink => texts.Of("闭上双眼", "Close both eyes"),
        Faces.FaceActions.Nod => texts.Of("低头", "Bow your head"),
        Faces.FaceActions.TurnLeft => texts.Of("头转向您的左侧", "Turn your head to your left"),
        Faces.FaceActions.TurnRight => texts.Of("头转向您的右侧", "Turn your head to your right"),
        _ => texts.Of("张开嘴", "Open your mouth"),
    };
}
