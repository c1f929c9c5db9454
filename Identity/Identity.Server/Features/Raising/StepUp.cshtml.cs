using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>The ways to Intermediate, and the way back to the request that asked for it.</summary>
[Authorize]
internal sealed class StepUpModel(SessionStore sessions, SessionLevels levels) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>The page or request that goes on afterwards.</summary>
    public string Target => LocalUrl.OrHome(ReturnUrl);

    public bool Reached { get; private set; }

    /// <summary>Tells the service that the person stays at their level; only a waiting authorization request can be told.</summary>
    public string? DeclineUrl => Target.StartsWith(ProtocolPaths.Authorize + "?", StringComparison.Ordinal)
        ? $"{Target}&{AuthorizationFacts.DeclinedParameter}=declined" : null;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        var level = await levels.OfAsync(session, ActingAs.Of(session), cancellationToken);

        // A page of this centre asks for the person's own level, a service for that of whom the person acts for.
        Reached = (DeclineUrl is null ? level.Own : level.Effective) >= AssuranceLevel.Intermediate;
    }
}
