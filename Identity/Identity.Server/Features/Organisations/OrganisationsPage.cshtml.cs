using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>The organisations that a person represents, with the level of each.</summary>
[Authorize]
internal sealed class OrganisationsModel(Mandates mandates, GradeReader grades, ITexts texts) : PageModel
{
    public IReadOnlyList<(Organisation Organisation, string Level)> Organisations { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var organisations = await mandates.OfAsync(User.AccountId()!.Value, cancellationToken);
        var levels = await grades.OfAsync(SubjectKind.Organisation, organisations.ConvertAll(o => o.Id), cancellationToken);
        Organisations = [.. organisations.Select(o => (o, LevelWords.Of(texts, levels[o.Id].Level)))];
    }
}
