using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Accounts;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposes to freeze an account, also besides what freezes it already, or to lift one of its freezes.</summary>
internal sealed class ProposeFreezeModel(IdentityContext database, Proposals proposals, FreezeDecisions freezes) : FreezeForm(proposals)
{
    public MaskedAccount Account { get; private set; } = null!;

    protected override bool OfOrganisation => false;

    protected override IReadOnlyList<string> FreezeReasons => ProposalWords.FreezeReasons;

    protected override IReadOnlyList<string> UnfreezeReasons => ProposalWords.UnfreezeReasons;

    protected override async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == Id, cancellationToken);
        if (account is null)
        {
            return false;
        }

        Account = MaskedAccount.Of(account);
        var standing = await freezes.StandingAsync(Id, ofOrganisation: false, cancellationToken);
        (Standing, Liftable) = (await ShownFreeze.LoadAsync(database, standing, cancellationToken), FreezeDecisions.Liftable(standing));
        return true;
    }
}
