using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>Where the person comes back from the check.</summary>
[Authorize]
internal sealed class RealPersonReturnModel(IdentityContext database, RealPersonCheck check, OutsideSteps steps, SessionStore sessions) : RaisingPage(database, sessions)
{
    /// <summary>RFC 8176: a face, as another kind of factor than what the session began with.</summary>
    private static readonly string[] Methods = ["face", "mfa"];

    public async Task<IActionResult> OnGetAsync(string? state, CancellationToken cancellationToken)
    {
        ReturnUrl = null;
        var person = await PersonAsync(cancellationToken);
        try
        {
            // The living person was seen in this very session: that raises the account and shows a further factor of the sign-in.
            return await RaisedAsync(await check.FinishAsync(person, User.SessionId()!.Value, state, cancellationToken), cancellationToken, Methods);
        }
        catch (ProblemException e)
        {
            // Whoever tries again still lands where he was.
            ReturnUrl = await steps.ReturnUrlAsync(state, EvidenceKinds.RealPerson, User.SessionId()!.Value, cancellationToken);
            return Refuse("", e.Problem);
        }
    }
}
