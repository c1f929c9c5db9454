using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.StepUp;

/// <summary>Says how the level is raised; goes on with the request when that is done, or tells the client that it was declined.</summary>
[Authorize]
internal sealed class StepUpModel(SessionStore sessions, SessionLevels levels) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public bool Reached { get; private set; }

    public string Continue => LocalUrl.OrHome(ReturnUrl);

    public string Decline => LocalUrl.IsLocal(ReturnUrl)
        ? QueryHelpers.AddQueryString(ReturnUrl!, AuthorizationFacts.DeclinedParameter, "declined")
        : "/account";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        Reached = (await levels.OfAsync(session, session.ActingForId, cancellationToken)).Effective >= AssuranceLevel.Intermediate;
    }
}
