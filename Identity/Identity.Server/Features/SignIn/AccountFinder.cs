using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Finds the account behind what a person types: user name, ID number or phone number.</summary>
internal sealed class AccountFinder(IdentityContext database, PersonalData personal)
{
    private const int DigitsOfIdNumber = 18;

    /// <returns>The account alone: whose it is has to be read by whoever needs it.</returns>
    public async Task<Account?> FindAsync(string typed, CancellationToken cancellationToken)
    {
        var name = Normalise(typed);
        // Two while the keys change, else the same one twice: as values and not as a list, for which the engine would write the statement anew each time.
        var (idNumbers, phones) = (personal.Indexes(Purposes.IdNumber, name), personal.Indexes(Purposes.Phone, PhoneOf(name) ?? name));
        var (idNumber, otherIdNumber, phone, otherPhone) = (idNumbers[0], idNumbers[^1], phones[0], phones[^1]);

        // One statement, whatever was typed: its time says nothing about which of the three exists. A union of three lookups by index: an OR across two tables would read them whole.
        var ids = database.Users.Where(a => a.NormalizedUserName == name).Select(a => a.Id)
            .Union(database.Persons.Where(p => p.IdNumberIndex == idNumber || p.IdNumberIndex == otherIdNumber).Select(p => p.Id))
            .Union(database.Persons.Where(p => p.PhoneIndex == phone || p.PhoneIndex == otherPhone).Select(p => p.Id));
        var accounts = await database.Users.AsNoTracking().Where(a => ids.Contains(a.Id)).OrderBy(a => a.Id).Take(2).ToListAsync(cancellationToken);

        // An ID number or a phone belongs to whoever proved it, whoever else is called by it: a user name must not shut its owner out.
        return accounts.Find(a => a.NormalizedUserName != name) ?? accounts.FirstOrDefault();
    }

    public static string Normalise(string typed) => TypedText.Normalise(typed.Trim()).ToUpperInvariant();

    /// <summary>
    /// What tries are counted under for a name that nobody has: one key for all spellings that find the same phone. Were each spelling counted by itself, a phone without an account
    /// would bear more tries than one with, and that would tell them apart.
    /// </summary>
    public static string KeyOf(string typed)
    {
        var name = Normalise(typed);
        return PhoneOf(name) ?? name;
    }

    /// <summary>
    /// Only what holds no letter is a phone: else a user name that ends in digits would be one too. Bare digits as many as an ID number's are more than any phone has; the library would say
    /// so by an exception, at each sign-in with an ID number.
    /// </summary>
    private static string? PhoneOf(string name) =>
        name.Any(char.IsLetter) || (name.Length >= DigitsOfIdNumber && name.All(char.IsAsciiDigit)) ? null : MobilePhones.Normalise(name);
}
