using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>What others let this person do for them, invitations included.</summary>
[Authorize]
internal sealed class MyMandatesModel(MandateView view) : PageModel
{
    public MandateList List { get; private set; } = new([], null);

    public async Task OnGetAsync(Guid? before, CancellationToken cancellationToken) =>
        List = await view.ListAsync(await view.GivenToAsync(User.AccountId()!.Value, before, cancellationToken), m => m.Organisation!.Name, cancellationToken);
}
