using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>Persons' secrets in memory for some seconds: one lookup by key serves a whole page, and an erased one is soon nowhere.</summary>
internal sealed class PersonSecrets(IServiceScopeFactory scopes) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);
    private readonly MemoryCache cache = new(new MemoryCacheOptions());

    /// <returns>Null for whoever has none, or has it no longer.</returns>
    public byte[]? Find(Guid person) => cache.TryGetValue(person, out byte[]? secret) ? secret : FindAnew(person);

    /// <summary>As it is stored.</summary>
    public byte[]? FindAnew(Guid person)
    {
        using var scope = scopes.CreateScope();
        var stored = scope.ServiceProvider.GetRequiredService<IdentityContext>().PersonSecrets.AsNoTracking().FirstOrDefault(s => s.PersonId == person);
        if (stored is null)
        {
            // Kept too: who has none is asked about as often as who has one.
            cache.Set(person, (byte[]?)null, Kept);
            return null;
        }

        Remember(stored);
        return stored.Secret;
    }

    /// <summary>Reads those of many at once.</summary>
    public async Task FetchAsync(IdentityContext database, IReadOnlyList<Guid> persons, CancellationToken cancellationToken)
    {
        foreach (var secret in await database.PersonSecrets.AsNoTracking().Where(s => persons.Contains(s.PersonId)).ToListAsync(cancellationToken))
        {
            Remember(secret);
        }
    }

    public void Remember(PersonSecret secret) => cache.Set(secret.PersonId, secret.Secret, Kept);

    public void Forget(Guid person) => cache.Remove(person);

    public void Dispose() => cache.Dispose();
}
