using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.MyAccount;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>The organisations that a person represents, with the level of each and what carries it, and those whose agent he is.</summary>
[Authorize]
internal sealed class OrganisationsModel(IdentityContext database, ActingChoices choices, GradeReader grades, RaisingWays ways, TimeProvider time) : PageModel
{
    private const int MostFormer = 50;

    public IReadOnlyList<(Organisation Organisation, EvidenceToShow Evidence)> Organisations { get; private set; } = [];

    /// <summary>How many mandates of which of them wait for the person to let them go on; none: not named.</summary>
    public IReadOnlyDictionary<Guid, int> Waiting { get; private set; } = new Dictionary<Guid, int>();

    /// <summary>Organisations for which the person acts as an agent.</summary>
    public IReadOnlyList<ActingChoice> Held { get; private set; } = [];

    /// <summary>Those that rest or are no more, of which the person is the last representative, and those that are frozen: their mandates can still be looked at.</summary>
    public IReadOnlyList<Organisation> Former { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var person = User.AccountId()!.Value;
        var all = await choices.OfAsync(person, cancellationToken);
        Former = await database.Organisations.AsNoTracking().Where(o => o.LegalRepresentativeId == person && (o.EndedAt != null || o.FrozenAt != null)).OrderBy(o => o.Uscc).Take(MostFormer).ToListAsync(cancellationToken);
        Held = [.. all.Where(c => c.Mandate is not null)];
        var organisations = all.Where(c => c.Mandate is null).Select(c => c.Organisation).ToList();
        var keys = organisations.ConvertAll(o => o.Id);
        Waiting = await database.Mandates.Where(m => keys.Contains(m.OrganisationId)).WaitingForRepresentative(database.MandateEvents, time.GetUtcNow())
            .GroupBy(m => m.OrganisationId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var levels = await grades.OfAsync(SubjectKind.Organisation, keys, cancellationToken);
        var policy = await grades.PolicyAsync(cancellationToken);
        Organisations = [.. organisations.Select(o => (o, new EvidenceToShow(levels[o.Id], ways.OpenRenewals(levels[o.Id], policy.Document, o.Id, "/account/organisations"))))];
    }
}
