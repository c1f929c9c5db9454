using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Acting;

/// <summary>For which organisations a person may act now: those whose legal representative they are.</summary>
internal sealed class Mandates(IdentityContext database)
{
    public Task<List<Organisation>> OfAsync(Guid person, CancellationToken cancellationToken) =>
        Live(person).OrderBy(o => o.Name).ToListAsync(cancellationToken);

    public Task<bool> HoldsAsync(Guid person, Guid organisation, CancellationToken cancellationToken) =>
        Live(person).AnyAsync(o => o.Id == organisation, cancellationToken);

    private IQueryable<Organisation> Live(Guid person) =>
        database.Organisations.AsNoTracking().Where(o => o.LegalRepresentativeId == person && o.EndedAt == null);
}
