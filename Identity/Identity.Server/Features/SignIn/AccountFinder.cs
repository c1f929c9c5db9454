using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Finds the account behind what a person types: user name, ID number or phone number.</summary>
internal sealed class AccountFinder(IdentityContext database, PersonalData personal)
{
    public async Task<Account?> FindAsync(string typed, CancellationToken cancellationToken)
    {
        var name = Normalise(typed);
        var idNumbers = personal.Indexes(Purposes.IdNumber, name);
        var phones = personal.Indexes(Purposes.Phone, MobilePhones.Normalise(name) ?? name);

        // One statement, whatever was typed: its time says nothing about which of the three exists. A union of three lookups by index: an OR across two tables would read them whole.
        var ids = database.Users.Where(a => a.NormalizedUserName == name).Select(a => a.Id)
            .Union(database.Persons.Where(p => idNumbers.Contains(p.IdNumberIndex)).Select(p => p.Id))
            .Union(database.Persons.Where(p => phones.Contains(p.PhoneIndex)).Select(p => p.Id));
        var accounts = await database.Users.AsNoTracking()
            .Include(a => a.Person)
            .Include(a => a.StaffMember)
            .Where(a => ids.Contains(a.Id))
            .OrderBy(a => a.Id)
            .Take(2)
            .ToListAsync(cancellationToken);
        return accounts.Find(a => a.NormalizedUserName == name) ?? accounts.FirstOrDefault();
    }

    public static string Normalise(string typed) => typed.Trim().Normalize(System.Text.NormalizationForm.FormKC).ToUpperInvariant();
}
