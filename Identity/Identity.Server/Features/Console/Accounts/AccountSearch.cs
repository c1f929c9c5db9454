using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>What an account is found by. Numbers are found by their keyed hash, so only a whole number finds anything: nobody searches a range of people.</summary>
internal enum SearchBy
{
    IdNumber,
    Phone,
    UserName,

    /// <summary>All frozen accounts, page by page.</summary>
    Frozen,
}

/// <summary>Finds accounts: every look-up goes by an index, whatever the number of accounts.</summary>
internal sealed class AccountSearch(IdentityContext database, PersonalData personal)
{
    public const int PageSize = 20;

    /// <param name="by">What is searched by.</param>
    /// <param name="text">The whole value.</param>
    /// <param name="after">The last account of the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A page, and the key after which the next begins.</returns>
    public async Task<(IReadOnlyList<MaskedAccount> Items, Guid? Next)> FindAsync(SearchBy by, string text, Guid? after, CancellationToken cancellationToken)
    {
        var accounts = database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).Where(Filter(by, AccountFinder.Normalise(text)));
        if (after is { } key)
        {
            accounts = accounts.Where(a => a.Id.CompareTo(key) < 0);
        }

        var found = await accounts.OrderByDescending(a => a.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        return ([.. found.Take(PageSize).Select(MaskedAccount.Of)], found.Count > PageSize ? found[PageSize - 1].Id : null);
    }

    private System.Linq.Expressions.Expression<Func<Account, bool>> Filter(SearchBy by, string value)
    {
        switch (by)
        {
            case SearchBy.IdNumber:
                var numbers = personal.Indexes(Purposes.IdNumber, value);
                return a => numbers.Contains(a.Person!.IdNumberIndex);
            case SearchBy.Phone:
                var phones = personal.Indexes(Purposes.Phone, MobilePhones.Normalise(value) ?? value);
                return a => phones.Contains(a.Person!.PhoneIndex);
            case SearchBy.UserName:
                return a => a.NormalizedUserName == value;
            default:
                return a => a.FrozenAt != null;
        }
    }
}
