using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>What Identity knows of the person, masked, and the ways to change it.</summary>
[Authorize]
internal sealed class AccountModel(SessionStore sessions, SessionLevels levels, ITexts texts) : PageModel
{
    public Session Current { get; private set; } = new();

    public string LevelName { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Current = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        LevelName = (await levels.OfAsync(Current, organisationId: null, cancellationToken)).Effective switch
        {
            AssuranceLevel.Intermediate => texts.Of("中级", "Intermediate"),
            AssuranceLevel.Primary => texts.Of("初级", "Primary"),
            _ => texts.Of("未认证", "Not proven"),
        };
    }
}
