using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>
/// Persons' secrets in memory for some seconds: one lookup by key serves a whole page, and an erased one is soon nowhere. On PostgreSQL a single one is read through connections of its own: whoever
/// holds the audit's turn may need one, while every connection of the common pool is in the hands of somebody who waits for that turn.
/// </summary>
internal sealed class PersonSecrets(IServiceScopeFactory scopes) : IDisposable
{
    private const int OwnConnections = 4;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);
    private readonly Lock gate = new();
    private readonly MemoryCache cache = new(new MemoryCacheOptions());
    private NpgsqlDataSource? own;

    /// <returns>Null for whoever has none, or has it no longer.</returns>
    public byte[]? Find(Guid person) => cache.TryGetValue(person, out byte[]? secret) ? secret : FindAnew(person);

    /// <summary>As it is stored.</summary>
    public byte[]? FindAnew(Guid person)
    {
        // Kept also when there is none: who has none is asked about as often as who has one.
        var stored = Read(person);
        cache.Set(person, stored, Kept);
        return stored;
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

    public void Dispose()
    {
        cache.Dispose();
        own?.Dispose();
    }

    private byte[]? Read(Guid person)
    {
        using var scope = scopes.CreateScope();
        if (scope.ServiceProvider.GetRequiredService<IOptions<DatabaseSettings>>().Value is not { Provider: "postgres", ConnectionString: { } connection })
        {
            return scope.ServiceProvider.GetRequiredService<IdentityContext>().PersonSecrets.AsNoTracking().Where(s => s.PersonId == person).Select(s => s.Secret).FirstOrDefault();
        }

        using var command = Own(connection).CreateCommand("SELECT \"Secret\" FROM \"PersonSecrets\" WHERE \"PersonId\" = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = person });
        return command.ExecuteScalar() as byte[];
    }

    private NpgsqlDataSource Own(string connection)
    {
        lock (gate)
        {
            return own ??= NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(PostgresConnections.Tuned(connection)) { MinPoolSize = 0, MaxPoolSize = OwnConnections });
        }
    }
}
