using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>What lifting is for accounts and organisations alike.</summary>
internal static class FreezeLifting
{
    /// <summary>Marks these as lifted.</summary>
    /// <returns>Those that stood until now: another may have lifted one since it was read.</returns>
    public static async Task<List<StandingFreeze>> MarkLiftedAsync(this IdentityContext database, IReadOnlyList<StandingFreeze> freezes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<StandingFreeze> lifted = [];
        foreach (var freeze in freezes)
        {
            var (id, account, organisation) = (freeze.Id, freeze.AccountId, freeze.OrganisationId);
            if (await database.StandingFreezes.Where(f => f.Id == id && f.AccountId == account && f.OrganisationId == organisation && f.LiftedAt == null)
                .ExecuteUpdateAsync(f => f.SetProperty(x => x.LiftedAt, now), cancellationToken) == 1)
            {
                lifted.Add(freeze);
            }
        }

        return lifted;
    }
}
