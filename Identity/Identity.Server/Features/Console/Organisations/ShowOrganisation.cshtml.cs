using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.Organisations;

/// <summary>One organisation with its evidence and grade.</summary>
internal sealed class ShowOrganisationModel(IdentityContext database, AssurancePolicies policies, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    [BindProperty(SupportsGet = true)]
    public string? At { get; set; }

    public Organisation Organisation { get; private set; } = null!;

    public MaskedAccount? Representative { get; private set; }

    public SubjectEvidence Evidence { get; private set; } = null!;

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAccounts;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellationToken) is not { } found)
        {
            return NotFound();
        }

        Organisation = found;
        var representative = await database.Users.AsNoTracking().Include(a => a.Person).FirstOrDefaultAsync(a => a.Id == found.LegalRepresentativeId, cancellationToken);
        Representative = representative is null ? null : MaskedAccount.Of(representative);
        Evidence = await SubjectEvidence.LoadAsync(database, policies, SubjectKind.Organisation, id, At, time.GetUtcNow(), cancellationToken);
        audit.Add(new AuditEntry("organisation.viewed", id.ToString(), Me.Id.ToString(), Me.Name, new { at = Evidence.At }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }
}
