using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>
/// Writes both indexes of a person, inside the transaction that stores them and in the audit's turn, which a change of keys waits for too: so all who write are in one phase,
/// and one ID number or phone is never taken twice, whichever keys the requests began with.
/// </summary>
internal static class PersonIndexes
{
    /// <summary>Longer than any request takes: until then one may come that made its index under the key that is gone.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    /// <summary>Whether the context is about to store an index.</summary>
    public static bool Concern(IdentityContext database) => Changed(database).Any();

    public static async Task EnterAsync(IdentityContext database, CancellationToken cancellationToken)
    {
        var changed = Changed(database).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        var ring = database.GetService<DataKeyRing>();
        var state = await ring.CatchUpAsync(database, cancellationToken);
        var personal = database.GetService<PersonalData>();
        var certain = state.Phase is null && (state.EndedAt is null || database.GetService<TimeProvider>().GetUtcNow() - state.EndedAt > Settling);
        foreach (var entry in changed)
        {
            var person = entry.Entity;
            if (!certain && person.IdNumberCipher.Length > 0)
            {
                person.IdNumberIndex = personal.Index(Purposes.IdNumber, Open(person, personal, Purposes.IdNumber, person.IdNumberCipher));
            }

            if (!certain && person.HasPhone)
            {
                person.PhoneIndex = personal.Index(Purposes.Phone, Open(person, personal, Purposes.Phone, person.PhoneCipher));
            }

            if (!certain && person.NameCipher is { Length: > 0 })
            {
                person.NameIndex = personal.NewestIndex(Purposes.Name, PersonNames.Normalise(person.Name));
            }

            (person.IdNumberIndexNext, person.PhoneIndexNext) = Next(person, personal, state);
            if (entry.State == EntityState.Modified)
            {
                entry.DetectChanges();
            }
        }
    }

    /// <summary>The indexes under the newest key.</summary>
    public static (string IdNumber, string Phone) Next(Person person, PersonalData personal, DataKeyRing.State state) => state.Former is null
        ? (person.IdNumberIndex, person.PhoneIndex)
        : (person.IdNumberCipher.Length == 0 ? person.IdNumberIndex : personal.NewestIndex(Purposes.IdNumber, Open(person, personal, Purposes.IdNumber, person.IdNumberCipher)),
            !person.HasPhone ? person.PhoneIndex : personal.NewestIndex(Purposes.Phone, Open(person, personal, Purposes.Phone, person.PhoneCipher)));

    // Of somebody new only the one who adds them knows the secret.
    private static string Open(Person person, PersonalData personal, string purpose, string cipher) =>
        person.Secret is { } own ? personal.UnprotectWith(own, purpose, cipher) : personal.Unprotect(purpose, cipher);

    private static IEnumerable<Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry<Person>> Changed(IdentityContext database) =>
        database.ChangeTracker.Entries<Person>().Where(e => e.State == EntityState.Added
            || (e.State == EntityState.Modified && (e.Property(p => p.IdNumberIndex).IsModified || e.Property(p => p.PhoneIndex).IsModified || e.Property(p => p.NameIndex).IsModified)));
}
