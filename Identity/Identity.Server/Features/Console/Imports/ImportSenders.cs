using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>Who began imports, in words: an official by name, a service by its client.</summary>
internal sealed class ImportSenders(IdentityContext database, ClientCatalogue clients)
{
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(IReadOnlyCollection<Import> imports, CancellationToken cancellationToken)
    {
        var senders = imports.Select(i => i.StartedBy).Distinct(StringComparer.Ordinal).ToList();
        var keys = senders.Select(s => Guid.TryParse(s, out var key) ? key : Guid.Empty).Where(key => key != Guid.Empty).ToArray();
        var officials = await database.StaffMembers.AsNoTracking().Where(s => keys.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name, cancellationToken);
        return senders.ToDictionary(
            s => s, s => Guid.TryParse(s, out var key) && officials.TryGetValue(key, out var name) ? name : clients.Find(s) is { } client ? $"{client.DisplayName} ({s})" : s, StringComparer.Ordinal);
    }
}
