using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>What both pages of a ceremony need: a live session of a natural person.</summary>
internal abstract class PresencePage(IdentityContext database, SessionStore sessions) : PageModel
{
    private static readonly Problem PersonsOnly = new("presence.personsOnly", 403, "只有个人账号可以进行本人在场核验。", "Only a person's account can prove presence.");

    /// <exception cref="ProblemException">An official's account.</exception>
    protected async Task<(Session Session, Person Person)> CurrentAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        return (session, await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == session.AccountId, cancellationToken) ?? throw PersonsOnly.Exception());
    }
}
