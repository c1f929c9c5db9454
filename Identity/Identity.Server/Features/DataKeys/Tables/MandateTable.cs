using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>
/// Names and numbers of those who were invited, and the hashes by which an invitation is found. A mandate of an earlier release keeps no number: it is the agent's, or that of
/// the person whom its hash finds. If that is nobody yet, the former key stays until the invitation has ended.
/// </summary>
internal sealed class MandateTable(PersonalData personal, TimeProvider time) : IRotatedTable
{
    public string Name => nameof(Mandate);

    public IReadOnlyList<string> Columns => [nameof(Mandate.InvitedNameCipher), nameof(Mandate.InvitedNumberCipher)];

    public Task<long> CountAsync(IdentityContext database, CancellationToken cancellationToken) => database.Mandates.LongCountAsync(cancellationToken);

    public async Task<(int Seen, string? Last)> BatchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken)
    {
        var from = cursor is null ? Guid.Empty : Guid.Parse(cursor);
        var found = await database.Mandates.AsNoTracking().Include(m => m.Agent).Where(m => m.Id > from).OrderBy(m => m.Id).Take(rows).ToListAsync(cancellationToken);
        foreach (var row in found)
        {
            await UnreadableRowException.GuardAsync(Name, row.Id.ToString(), () => RewriteAsync(database, row, cancellationToken));
        }

        return (found.Count, found.Count == 0 ? null : found[^1].Id.ToString());
    }

    private async Task RewriteAsync(IdentityContext database, Mandate row, CancellationToken cancellationToken)
    {
        var name = personal.Unprotect(Purposes.MandateName, row.InvitedNameCipher);
        var nameCipher = personal.Protect(Purposes.MandateName, name);
        var (number, ended) = await NumberAsync(database, row, cancellationToken);
        if (number is null && !ended)
        {
            // Its hashes stay under the former key, and IsBehind keeps that.
            await database.Mandates.Where(m => m.Id == row.Id && m.InvitedNameCipher == row.InvitedNameCipher)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.InvitedNameCipher, nameCipher), cancellationToken);
            return;
        }

        var (index, nameIndex) = (number is null ? Person.Gone + row.Id : personal.NewestIndex(Purposes.IdNumber, number), personal.NewestIndex(Purposes.MandateName, name));
        var (numberCipher, version) = (number is null ? null : personal.Protect(Purposes.IdNumber, number), personal.NewestVersion);
        await database.Mandates.Where(m => m.Id == row.Id && m.InvitedNameCipher == row.InvitedNameCipher).ExecuteUpdateAsync(
            set => set.SetProperty(m => m.InvitedNameCipher, nameCipher).SetProperty(m => m.InvitedNumberCipher, numberCipher)
                .SetProperty(m => m.InvitedIndex, index).SetProperty(m => m.InvitedNameIndex, nameIndex).SetProperty(m => m.IndexVersion, version),
            cancellationToken);
    }

    public async Task<bool> IsBehindAsync(IdentityContext database, DataKeyRing.State state, CancellationToken cancellationToken)
    {
        var own = DataKeyRing.Prefixes(state.Former!).Own;
        return await database.Mandates.AnyAsync(
            m => m.IndexVersion == null || m.IndexVersion < state.Version || m.InvitedNameCipher.StartsWith(own) || (m.InvitedNumberCipher != null && m.InvitedNumberCipher.StartsWith(own)), cancellationToken);
    }

    /// <returns>The number; or none, and whether nobody can take the invitation up any more.</returns>
    private async Task<(string? Number, bool Ended)> NumberAsync(IdentityContext database, Mandate mandate, CancellationToken cancellationToken)
    {
        if (mandate.InvitedNumberCipher is { } cipher)
        {
            return (personal.Unprotect(Purposes.IdNumber, cipher), true);
        }

        var person = mandate.Agent ?? await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.IdNumberIndex == mandate.InvitedIndex, cancellationToken);
        return person is { IdNumberCipher.Length: > 0 }
            ? (personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), true)
            : (null, mandate.State != MandateState.Invited || mandate.InvitationEndsAt < time.GetUtcNow() || person is not null);
    }
}
