using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>The signed records of mandates. They stay what they are, only their envelopes change.</summary>
internal sealed class MandateEventTable(PersonalData personal) : IRotatedTable
{
    public string Name => nameof(MandateEvent);

    public IReadOnlyList<string> Columns => [nameof(MandateEvent.RecordCipher)];

    public Task<long> CountAsync(IdentityContext database, CancellationToken cancellationToken) => database.MandateEvents.LongCountAsync(cancellationToken);

    public async Task<(int Seen, string? Last)> BatchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken)
    {
        var (mandate, sequence) = cursor?.Split('/') is [var id, var number] ? (Guid.Parse(id), int.Parse(number, CultureInfo.InvariantCulture)) : (Guid.Empty, 0);
        var found = await database.MandateEvents.AsNoTracking().Where(e => e.MandateId > mandate || (e.MandateId == mandate && e.Sequence > sequence))
            .OrderBy(e => e.MandateId).ThenBy(e => e.Sequence).Take(rows).ToListAsync(cancellationToken);
        foreach (var row in found)
        {
            await UnreadableRowException.GuardAsync(Name, string.Create(CultureInfo.InvariantCulture, $"{row.MandateId}/{row.Sequence}"), async () =>
            {
                var anew = personal.Protect(Purposes.MandateRecord, personal.UnprotectBytes(Purposes.MandateRecord, row.RecordCipher));
                await database.MandateEvents.Where(e => e.MandateId == row.MandateId && e.Sequence == row.Sequence && e.RecordCipher == row.RecordCipher)
                    .ExecuteUpdateAsync(set => set.SetProperty(e => e.RecordCipher, anew), cancellationToken);
            });
        }

        return (found.Count, found.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{found[^1].MandateId}/{found[^1].Sequence}"));
    }

    public Task<bool> IsBehindAsync(IdentityContext database, DataKeyRing.State state, CancellationToken cancellationToken)
    {
        var own = DataKeyRing.Prefixes(state.Former!).Own;
        return database.MandateEvents.AnyAsync(e => e.RecordCipher.StartsWith(own), cancellationToken);
    }
}
