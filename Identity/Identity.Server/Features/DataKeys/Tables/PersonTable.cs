using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>Names, ID numbers and phones, each row with its secret; and the index under the new key beside the one that finds the row now.</summary>
internal sealed class PersonTable(PersonalData personal, PersonSecrets secrets, DataKeyRing ring) : IRotatedTable
{
    public string Name => nameof(Person);

    public IReadOnlyList<string> Columns => [nameof(Person.NameCipher), nameof(Person.IdNumberCipher), nameof(Person.PhoneCipher)];

    public Task<long> CountAsync(IdentityContext database, CancellationToken cancellationToken) => database.Persons.LongCountAsync(cancellationToken);

    public async Task<(int Seen, string? Last)> BatchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken)
    {
        var from = cursor is null ? Guid.Empty : Guid.Parse(cursor);
        var found = await database.Persons.AsNoTracking().Where(p => p.Id > from).OrderBy(p => p.Id).Take(rows).ToListAsync(cancellationToken);
        await secrets.FetchAsync(database, found.ConvertAll(p => p.Id), cancellationToken);
        foreach (var person in found)
        {
            await UnreadableRowException.GuardAsync(Name, person.Id.ToString(), () => RewriteAsync(database, person, cancellationToken));
        }

        return (found.Count, found.Count == 0 ? null : found[^1].Id.ToString());
    }

    public async Task<bool> IsBehindAsync(IdentityContext database, DataKeyRing.State state, CancellationToken cancellationToken)
    {
        var (own, persons) = DataKeyRing.Prefixes(state.Former!);
        return await database.Persons.AnyAsync(
            p => p.ClearName != "" || p.IdNumberIndexNext == null || p.IdNumberIndex != p.IdNumberIndexNext || p.PhoneIndex != p.PhoneIndexNext || p.NameIndex == null || p.NameCipher!.StartsWith(own) || p.NameCipher!.StartsWith(persons) || p.IdNumberCipher.StartsWith(own) || p.IdNumberCipher.StartsWith(persons)
                || p.PhoneCipher.StartsWith(own) || p.PhoneCipher.StartsWith(persons),
            cancellationToken);
    }

    /// <summary>The new indexes of some rows take the place of the former ones.</summary>
    public async Task<(int Seen, string? Last)> SwitchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken)
    {
        var from = cursor is null ? Guid.Empty : Guid.Parse(cursor);
        var keys = await database.Persons.Where(p => p.Id > from).OrderBy(p => p.Id).Select(p => p.Id).Take(rows).ToListAsync(cancellationToken);
        if (keys.Count == 0)
        {
            return (0, null);
        }

        var last = keys[^1];
        foreach (var unknown in await database.Persons.AsNoTracking().Where(p => p.Id > from && p.Id <= last && (p.IdNumberIndexNext == null || p.PhoneIndexNext == null)).ToListAsync(cancellationToken))
        {
            // Stored meanwhile by a node of a release that knew no second index.
            await UnreadableRowException.GuardAsync(Name, unknown.Id.ToString(), () => RewriteAsync(database, unknown, cancellationToken));
        }

        await database.Persons.Where(p => p.Id > from && p.Id <= last).ExecuteUpdateAsync(
            set => set.SetProperty(p => p.IdNumberIndex, p => p.IdNumberIndexNext!).SetProperty(p => p.PhoneIndex, p => p.PhoneIndexNext!), cancellationToken);
        return (keys.Count, last.ToString());
    }

    /// <summary>
    /// Writes one row anew. The caller holds the audit's turn, in which every index is written, so none changes in between; a name may, and then the row is read again.
    /// </summary>
    private async Task RewriteAsync(IdentityContext database, Person read, CancellationToken cancellationToken)
    {
        for (var person = read; person is not null; person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == read.Id, cancellationToken))
        {
            var (id, wasName, wasClear, wasNumber, wasPhone) = (person.Id, person.NameCipher, person.ClearName, person.IdNumberCipher, person.PhoneCipher);
            var name = wasName is { Length: 0 } ? "" : personal.ProtectFor(id, Purposes.Name, person.Name);
            var nameIndex = name.Length == 0 ? "" : personal.NewestIndex(Purposes.Name, PersonNames.Normalise(person.Name));
            var number = Anew(id, Purposes.IdNumber, wasNumber);
            var phone = Anew(id, Purposes.Phone, wasPhone);
            var (numberNext, phoneNext) = PersonIndexes.Next(person, personal, ring.Now);
            var (numberNow, phoneNow) = ring.Now.Phase == KeyRotationPhase.Filling ? (person.IdNumberIndex, person.PhoneIndex) : (numberNext, phoneNext);
            var written = await database.Persons
                .Where(p => p.Id == id && p.NameCipher == wasName && p.ClearName == wasClear && p.IdNumberCipher == wasNumber && p.PhoneCipher == wasPhone)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(p => p.NameCipher, name).SetProperty(p => p.NameIndex, nameIndex).SetProperty(p => p.ClearName, "").SetProperty(p => p.IdNumberCipher, number).SetProperty(p => p.PhoneCipher, phone)
                        .SetProperty(p => p.IdNumberIndex, numberNow).SetProperty(p => p.PhoneIndex, phoneNow).SetProperty(p => p.IdNumberIndexNext, numberNext).SetProperty(p => p.PhoneIndexNext, phoneNext),
                    cancellationToken);
            if (written == 1)
            {
                return;
            }
        }
    }

    private string Anew(Guid id, string purpose, string cipher) => cipher.Length == 0 ? "" : personal.ProtectFor(id, purpose, personal.Unprotect(purpose, cipher));
}
