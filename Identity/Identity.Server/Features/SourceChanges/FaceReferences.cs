using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// Comparisons of faces that a release before named by our own number (<c>L-…</c>). The population library takes a photo back by the number of its own answer, which stands in their encrypted
/// receipts alone: each that still counts is opened once, and that number noted beside it. A batch and its mark are stored together, so an interruption repeats nothing. While an upgrade rolls, a
/// node of the release before goes on writing such records: a walk that came to the end is followed by others, of what was written since.
/// </summary>
internal sealed class FaceReferences(IdentityContext database, PersonalData personal, TimeProvider time, ILogger<FaceReferences> log)
{
    /// <summary>Name of the walk's mark.</summary>
    public const string Mark = "local-faces";

    private const string OwnNumbers = "L-%";
    private const int Batch = 200;
    private const int Longest = 200;

    /// <summary>How far a walk goes back behind the end of the one before: longer than a transaction takes, and than two clocks differ.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    /// <summary>Does the walk, from where the last one stood.</summary>
    /// <returns>Whether it came to the end; not where another node is at it at the same moment.</returns>
    public async Task<bool> RunDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WalkAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // What the other does not finish is done at the next turn.
            database.ChangeTracker.Clear();
            return false;
        }
    }

    private async Task WalkAsync(CancellationToken cancellationToken)
    {
        var cursor = await database.SourceCursors.FirstOrDefaultAsync(c => c.Authority == Mark, cancellationToken);
        if (cursor is null)
        {
            cursor = new SourceCursor { Authority = Mark };
            database.SourceCursors.Add(cursor);
        }

        while (true)
        {
            // Keys are in the order of time: behind the end of the last walk only the newest are looked at.
            var started = time.GetUtcNow();
            var records = await NextAsync(cursor.ReachedEndAt is { } end ? Guid.CreateVersion7(end - Overlap) : cursor.Place, cancellationToken);
            foreach (var record in records)
            {
                if (PhotoOf(record) is { Length: > 0 and <= Longest } photo)
                {
                    database.EvidenceReferences.Add(new EvidenceReference { EvidenceId = record.Id, Reference = photo });
                }
            }

            if (records.Count == Batch)
            {
                (cursor.Place, cursor.ReachedEndAt) = (records[^1].Id, null);
            }
            else
            {
                cursor.ReachedEndAt = started;
            }

            await database.SaveChangesAsync(cancellationToken);
            if (cursor.ReachedEndAt is not null)
            {
                return;
            }
        }
    }

    /// <summary>What has ended carries nothing that could be taken back.</summary>
    private Task<List<Evidence>> NextAsync(Guid? after, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return database.Evidence.AsNoTracking()
            .Where(e => (after == null || e.Id > after) && e.Source == LocalRealPerson.Name && e.State == EvidenceState.Active && e.Result == EvidenceResult.Agreed &&
                (e.ValidUntil == null || e.ValidUntil > now) && EF.Functions.Like(e.ReferenceAtSource!, OwnNumbers) && !database.EvidenceReferences.Any(r => r.EvidenceId == e.Id))
            .OrderBy(e => e.Id).Take(Batch).ToListAsync(cancellationToken);
    }

    /// <returns>Null for a receipt that was erased, or cannot be read.</returns>
    private string? PhotoOf(Evidence record)
    {
        try
        {
            return EvidenceReceipt.Read(record, personal) is { } receipt ? JsonSerializer.Deserialize<FaceReceipt>(receipt, JsonSerializerOptions.Web)?.PhotoReceipt : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException or InvalidOperationException)
        {
            log.LogError("The receipt of evidence {Evidence} cannot be read: a withdrawal of the photo that it rests on will not reach it ({Error})", record.Id, e.GetType().Name);
            return null;
        }
    }
}
