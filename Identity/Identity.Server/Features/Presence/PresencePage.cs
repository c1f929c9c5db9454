using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>What the pages of a ceremony need: a live session of a natural person.</summary>
internal abstract class PresencePage(IdentityContext database, SessionStore sessions) : PageModel
{
    protected static readonly Problem NoRequest = new(
        "presence.noRequest", 422, "没有等待确认的事项，或请求已过期。请回到办事应用重新开始。", "Nothing waits to be confirmed, or the request has expired. Please go back to the application and start again.");

    private static readonly Problem PersonsOnly = new("presence.personsOnly", 403, "只有个人账号可以进行本人在场核验。", "Only a person's account can prove presence.");

    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="touches">Whether this counts as use; not what a page's script asks by itself.</param>
    /// <exception cref="ProblemException">An official's account.</exception>
    protected async Task<(Session Session, Person Person)> CurrentAsync(CancellationToken cancellationToken, bool touches = true)
    {
        var session = await SessionAsync(cancellationToken, touches);
        return (session, await PersonAsync(session, cancellationToken));
    }

    protected async Task<Session> SessionAsync(CancellationToken cancellationToken, bool touches = true) =>
        await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken, touches: touches) ?? throw new InvalidOperationException("The session ended during the request.");

    /// <exception cref="ProblemException">An official's account.</exception>
    protected async Task<Person> PersonAsync(Session session, CancellationToken cancellationToken) =>
        await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == session.AccountId, cancellationToken) ?? throw PersonsOnly.Exception();
}
