using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>A table whose key is one column and that has one encrypted column.</summary>
/// <param name="key">Name of the key.</param>
/// <param name="column">The encrypted one.</param>
/// <param name="purpose">Its purpose.</param>
/// <param name="owner">The column that names the person whom it belongs to; null for what belongs to nobody.</param>
/// <param name="personal">Encrypts.</param>
/// <param name="secrets">Of persons.</param>
internal sealed class CipherTable<T>(string key, string column, string purpose, string? owner, PersonalData personal, PersonSecrets secrets) : IRotatedTable
    where T : class
{
    private readonly string ownerOrKey = owner ?? key;

    public string Name => typeof(T).Name;

    public IReadOnlyList<string> Columns => [column];

    public Task<long> CountAsync(IdentityContext database, CancellationToken cancellationToken) => database.Set<T>().LongCountAsync(x => EF.Property<string?>(x, column) != null, cancellationToken);

    public async Task<(int Seen, string? Last)> BatchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken)
    {
        var from = cursor is null ? Guid.Empty : Guid.Parse(cursor);
        var found = await database.Set<T>().AsNoTracking()
            .Where(x => EF.Property<string?>(x, column) != null && EF.Property<Guid>(x, key) > from)
            .OrderBy(x => EF.Property<Guid>(x, key))
            .Select(x => new { Key = EF.Property<Guid>(x, key), Owner = EF.Property<Guid>(x, ownerOrKey), Cipher = EF.Property<string>(x, column) })
            .Take(rows).ToListAsync(cancellationToken);
        if (owner is not null)
        {
            await secrets.FetchAsync(database, [.. found.Select(f => f.Owner).Distinct()], cancellationToken);
        }

        foreach (var row in found)
        {
            await UnreadableRowException.GuardAsync(Name, row.Key.ToString(), () => RewriteAsync(database, row.Key, row.Owner, row.Cipher, cancellationToken));
        }

        return (found.Count, found.Count == 0 ? null : found[^1].Key.ToString());
    }

    private async Task RewriteAsync(IdentityContext database, Guid row, Guid whose, string cipher, CancellationToken cancellationToken)
    {
        var plain = personal.UnprotectBytes(purpose, cipher);
        var anew = owner is null ? personal.Protect(purpose, plain) : personal.ProtectFor(whose, purpose, System.Text.Encoding.UTF8.GetString(plain));
        await database.Set<T>().Where(x => EF.Property<Guid>(x, key) == row && EF.Property<string>(x, column) == cipher)
            .ExecuteUpdateAsync(set => set.SetProperty(x => EF.Property<string>(x, column), anew), cancellationToken);
    }

    public Task<bool> IsBehindAsync(IdentityContext database, DataKeyRing.State state, CancellationToken cancellationToken)
    {
        var (own, persons) = DataKeyRing.Prefixes(state.Former!);
        return database.Set<T>().AnyAsync(x => EF.Property<string>(x, column).StartsWith(own) || EF.Property<string>(x, column).StartsWith(persons), cancellationToken);
    }
}
