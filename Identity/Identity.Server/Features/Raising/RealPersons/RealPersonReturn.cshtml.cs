using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>Where the person comes back from the check.</summary>
[Authorize]
internal sealed class RealPersonReturnModel(IdentityContext database, RealPersonCheck check, SessionStore sessions) : RaisingPage(database, sessions)
{
    public async Task<IActionResult> OnGetAsync(string? state, CancellationToken cancellationToken)
    {
        ReturnUrl = null;
        var person = await PersonAsync(cancellationToken);
        try
        {
            return await RaisedAsync(await check.FinishAsync(person, User.SessionId()!.Value, state, cancellationToken), cancellationToken);
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem);
        }
    }
}
