using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>An account frozen by its owner's wish, with a notice.</summary>
internal sealed class OwnFreezing(IdentityContext database, AccountFreezing freezing, INotices notices)
{
    /// <summary>Officials' accounts are not frozen like this: no counter could lift it.</summary>
    public async Task FreezeAsync(Guid account, CancellationToken cancellationToken)
    {
        if (!await database.Persons.AnyAsync(p => p.Id == account, cancellationToken))
        {
            return;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ServiceDefaults.Audit.AuditChain.TakeTurnAsync(database, cancellationToken);
        notices.Add(account, NoticeKinds.Frozen);
        if (await freezing.FreezeAsync(account, FreezeReasons.OwnWish, account.ToString(), cancellationToken))
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }
}
