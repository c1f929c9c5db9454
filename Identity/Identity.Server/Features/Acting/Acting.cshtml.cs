using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Acting;

[Authorize]
internal sealed class ActingModel(SessionStore sessions, Mandates mandates) : PageModel
{
    private static readonly Problem NoMandate = new(
        "identity.acting.noMandate", 403, "您不能代表该单位办事。", "You hold no mandate of this organisation.");

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public IReadOnlyList<Organisation> Organisations { get; private set; } = [];

    public Guid? Current { get; private set; }

    public string PersonName { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken);
        Current = session.ActingForId;
        PersonName = session.Account!.DisplayName;
        Organisations = await mandates.OfAsync(session.AccountId, cancellationToken);
    }

    public async Task<IActionResult> OnPostAsync(Guid? organisation, CancellationToken cancellationToken)
    {
        var session = await SessionAsync(cancellationToken);
        if (organisation is { } id && !await mandates.HoldsAsync(session.AccountId, id, cancellationToken))
        {
            throw NoMandate.Exception();
        }

        await sessions.ActForAsync(HttpContext, session, organisation, cancellationToken);
        return Redirect(LocalUrl.OrHome(ReturnUrl));
    }

    private async Task<Session> SessionAsync(CancellationToken cancellationToken) =>
        await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
        ?? throw new InvalidOperationException("The session ended during the request.");
}
