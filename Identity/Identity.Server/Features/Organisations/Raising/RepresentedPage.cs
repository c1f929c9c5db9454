using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Organisations.Raising;

/// <summary>A page that raises an organisation: only its legal representative, signed in, sees it.</summary>
internal abstract class RepresentedPage(IdentityContext database, SessionStore sessions) : RaisingPage(database, sessions)
{
    private static readonly Problem NotYours = new(
        "identity.organisation.notRepresented", 404, "没有这个组织，或者您不是其法定代表人。", "There is no such organisation, or you are not its legal representative.");

    private readonly IdentityContext organisations = database;

    /// <summary>Key of the organisation.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid Organisation { get; set; }

    public Organisation Represented { get; private set; } = null!;

    /// <summary>The page that offers the organisation's other ways.</summary>
    public string OtherWaysOfOrganisation => $"{OtherWays}&Organisation={Organisation}";

    protected override string Here => $"{base.Here}&Organisation={Organisation}";

    /// <summary>The person who represents it.</summary>
    /// <exception cref="ProblemException">An organisation that is unknown, ended, or another's: one answer. Or it is frozen.</exception>
    protected async Task<Person> RepresentativeAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        Represented = await organisations.Organisations.AsNoTracking()
            .FirstOrDefaultAsync(o => o.Id == Organisation && o.LegalRepresentativeId == person.Id && o.EndedAt == null, cancellationToken) ?? throw NotYours.Exception();
        return Represented.FrozenAt is null ? person : throw FrozenOrganisation.Problem.Exception();
    }
}
