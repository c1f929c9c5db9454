using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>What an account is found by. Numbers and names are found by their keyed hash, so only a whole one finds anything: nobody searches a range of people.</summary>
internal enum SearchBy
{
    IdNumber,
    Phone,
    UserName,

    /// <summary>Everybody of exactly this name, page by page.</summary>
    Name,

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
        var accounts = database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).Where(Filter(by, text));
        if (after is { } key)
        {
            accounts = accounts.Where(a => a.Id.CompareTo(key) < 0);
        }

        var found = await accounts.OrderByDescending(a => a.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        return ([.. found.Take(PageSize).Select(MaskedAccount.Of)], found.Count > PageSize ? found[PageSize - 1].Id : null);
    }

    private System.Linq.Expressions.Expression<Func<Account, bool>> Filter(SearchBy by, string text)
    {
        var value = AccountFinder.Normalise(text);
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
            case SearchBy.Name:
                var names = personal.Indexes(Purposes.Name, PersonNames.Normalise(text));
                return a => names.Contains(a.Person!.NameIndex);
            default:
                return a => a.FrozenAt != null;
        }
    }
}
