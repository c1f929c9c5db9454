using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// What the audit says of one subject's evidence: which place has which hash. The subject's own chain holds in itself when its end is cut off, when all of it is deleted,
/// and when somebody adds a record and hashes it rightly; the audit tells.
/// </summary>
internal sealed class EvidenceNotes
{
    /// <summary>Nothing is noted.</summary>
    public static readonly EvidenceNotes None = new();

    private static readonly CompiledQuery<string, Note> OfSubject = new((database, key) => database.Set<AuditRecord>().AsNoTracking()
        .Where(r => (r.Action == EvidenceBook.Recorded || r.Action == EvidenceBook.Adopted) && r.SubjectId == key).OrderBy(r => r.Sequence).Select(r => new Note(r.SubjectId, r.Action, r.Details)));

    private readonly Dictionary<int, string> hashes = [];
    private int adopted;

    /// <summary>The last place of which the audit knows; 0 for none.</summary>
    public int Last { get; private set; }

    /// <summary>Notes of one subject: one indexed read.</summary>
    public static async Task<EvidenceNotes> OfAsync(IdentityContext database, Guid subject, CancellationToken cancellationToken)
    {
        var notes = new EvidenceNotes();
        foreach (var note in await OfSubject.ToListAsync(database, subject.ToString(), cancellationToken))
        {
            notes.Add(note);
        }

        return notes;
    }

    /// <summary>All notes, in the order of subjects, for whoever walks the whole of it.</summary>
    public static IAsyncEnumerable<Note> All(IdentityContext database) =>
        Rows(database).OrderBy(r => r.SubjectId).ThenBy(r => r.Sequence).Select(r => new Note(r.SubjectId, r.Action, r.Details)).AsAsyncEnumerable();

    /// <summary>The hash that was noted for a place; null for one without, also for one whose successor was adopted and stands for it.</summary>
    public string? HashAt(int place) => hashes.GetValueOrDefault(place);

    /// <summary>Whether a record may stand at a place.</summary>
    public bool Knows(int place) => place <= adopted || hashes.ContainsKey(place);

    /// <summary>A note that cannot be read says nothing: that it was edited is found by the audit's own chain.</summary>
    public void Add(Note note)
    {
        Details? details;
        try
        {
            details = JsonSerializer.Deserialize<Details>(note.Details ?? "null", JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return;
        }

        foreach (var entry in details?.Evidence ?? [])
        {
            Enter(entry?.Place, entry?.Hash);
        }

        // The last of the records that are older than the chain; its hash covers those before it.
        if (note.Action == EvidenceBook.Adopted && Enter(details?.Places, details?.Hash))
        {
            adopted = Math.Max(adopted, details!.Places!.Value);
        }
    }

    private static IQueryable<AuditRecord> Rows(IdentityContext database) =>
        database.Set<AuditRecord>().AsNoTracking().Where(r => r.Action == EvidenceBook.Recorded || r.Action == EvidenceBook.Adopted);

    /// <summary>The first note of a place counts: a second one is not the server's.</summary>
    private bool Enter(int? place, string? hash)
    {
        if (place is not > 0 || hash is null)
        {
            return false;
        }

        hashes.TryAdd(place.Value, hash);
        Last = Math.Max(Last, place.Value);
        return true;
    }

    /// <param name="SubjectId">Whose evidence, as the audit spells it.</param>
    /// <param name="Action"><see cref="EvidenceBook.Recorded"/> or <see cref="EvidenceBook.Adopted"/>.</param>
    /// <param name="Details">JSON.</param>
    internal sealed record Note(string? SubjectId, string Action, string? Details);

    private sealed record Details(IReadOnlyList<Entry?>? Evidence, int? Places, string? Hash);

    private sealed record Entry(int? Place, string? Hash);
}
