using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>The organisations that a person represents, with the level of each.</summary>
[Authorize]
internal sealed class OrganisationsModel(IdentityContext database, Mandates mandates, ITexts texts, TimeProvider time) : PageModel
{
    public IReadOnlyList<(Organisation Organisation, string Level)> Organisations { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var organisations = await mandates.OfAsync(User.AccountId()!.Value, cancellationToken);
        var ids = organisations.ConvertAll(o => o.Id);
        var evidence = await database.Evidence.AsNoTracking().Where(e => ids.Contains(e.SubjectId)).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        Organisations = [.. organisations.Select(o => (o, LevelWords.Of(texts, AssurancePolicy.OfOrganisation(evidence.Where(e => e.SubjectId == o.Id), now))))];
    }
}
