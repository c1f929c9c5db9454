using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>Finds orders of an account. Another account's and one that is not there get the same answer.</summary>
internal static class OwnOrders
{
    /// <exception cref="AcmeException">There is no such order of this account.</exception>
    public static async Task<AcmeOrder> OrderAsync(this TrustContext database, string id, AcmeAccount account, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out var order)
        && await database.Set<AcmeOrder>().AsNoTracking().Include(o => o.Authorizations).SingleOrDefaultAsync(o => o.Id == order && o.AccountId == account.Id, cancellationToken) is { } found
            ? found : throw NotFound("order");

    public static AcmeException NotFound(string what) => new(AcmeErrorKind.Malformed, $"This account has no such {what}.") { Status = StatusCodes.Status404NotFound };
}
