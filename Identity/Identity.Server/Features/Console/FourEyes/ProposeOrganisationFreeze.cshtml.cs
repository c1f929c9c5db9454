using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Accounts;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposes to freeze an organisation, also besides what freezes it already, or to lift one of its freezes.</summary>
internal sealed class ProposeOrganisationFreezeModel(IdentityContext database, Proposals proposals, FreezeDecisions freezes) : FreezeForm(proposals)
{
    public Organisation Organisation { get; private set; } = null!;

    protected override bool OfOrganisation => true;

    protected override IReadOnlyList<string> FreezeReasons => ProposalWords.OrganisationFreezeReasons;

    protected override IReadOnlyList<string> UnfreezeReasons => ProposalWords.OrganisationUnfreezeReasons;

    protected override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == Id, cancellationToken) is not { } found)
        {
            return false;
        }

        Organisation = found;
        var standing = await freezes.StandingAsync(Id, ofOrganisation: true, cancellationToken);
        (Standing, Liftable) = (await ShownFreeze.LoadAsync(database, standing, cancellationToken), FreezeDecisions.Liftable(standing));
        return true;
    }
}
