using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>All clients in memory, so that no request asks the database who its client is; reloaded whole when one changes.</summary>
internal sealed class ClientCatalogue(IServiceScopeFactory scopes)
{
    private FrozenDictionary<string, Client> clients = FrozenDictionary<string, Client>.Empty;

    public Client? Find(string? clientId) => clientId is not null && clients.TryGetValue(clientId, out var client) ? client : null;

    public IEnumerable<Client> All => clients.Values;

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var rows = await database.Clients.AsNoTracking().ToListAsync(cancellationToken);
        clients = rows.ToFrozenDictionary(c => c.ClientId, StringComparer.Ordinal);
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>One SHA-256 and a comparison whose time does not depend on where the first difference lies.</summary>
    public static bool SecretMatches(Client client, string secret) =>
        client.SecretHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, Hash(secret));
}
