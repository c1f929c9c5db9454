using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>The mandates of an organisation, for its legal representative; of one that is frozen, or rests or is no more for whoever represented it last, to look at.</summary>
[Authorize]
internal sealed class AgentsModel(IdentityContext database, MandateView view) : PageModel
{
    public Guid Organisation { get; private set; }

    public string OrganisationName { get; private set; } = "";

    /// <summary>Nobody acts for it now: it rests, is no more, or is frozen.</summary>
    public bool Ended { get; private set; }

    public MandateList List { get; private set; } = new([], null);

    public async Task<IActionResult> OnGetAsync(Guid organisation, Guid? before, CancellationToken cancellationToken)
    {
        var person = User.AccountId();
        var found = await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == organisation && o.LegalRepresentativeId == person, cancellationToken);
        if (found is null)
        {
            return NotFound();
        }

        (Organisation, OrganisationName, Ended) = (found.Id, found.Name, found.EndedAt is not null || found.FrozenAt is not null);
        List = await view.ListAsync(await view.OfOrganisationAsync(organisation, before, cancellationToken), m => $"{view.AgentName(m)} ({m.InvitedNumberMasked})", cancellationToken);
        return Page();
    }
}
