using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>An account frozen by its owner, with a notice.</summary>
internal sealed class OwnFreezing(IdentityContext database, AccountFreezing freezing, INotices notices)
{
    /// <summary>Officials' accounts are not frozen like this: no counter could lift it.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="reason"><see cref="FreezeReasons.OwnWish"/> or <see cref="FreezeReasons.PhoneDisputed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="objectsTo">When the change was made to which the former phone objects.</param>
    /// <returns>Whether the account is frozen for that reason, from now on or already.</returns>
    public async Task<bool> FreezeAsync(Guid account, string reason, CancellationToken cancellationToken, DateTimeOffset? objectsTo = null)
    {
        if (!await database.Persons.AnyAsync(p => p.Id == account, cancellationToken))
        {
            return false;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await ServiceDefaults.Audit.AuditChain.TakeTurnAsync(database, cancellationToken);
        // The phone of whoever had the account before a dispute gave it away has nothing more to say about it.
        if (objectsTo is { } change && await database.StandingFreezes.AnyAsync(f => f.AccountId == account && f.Kind == FreezeKind.Handover && f.Since >= change, cancellationToken))
        {
            return false;
        }

        if (await freezing.FreezeAsync(account, reason, account.ToString(), cancellationToken))
        {
            notices.Add(account, NoticeKinds.Frozen);
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return true;
    }
}
