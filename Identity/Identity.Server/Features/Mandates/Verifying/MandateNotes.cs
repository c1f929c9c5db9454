using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>What the audit says of one mandate: which steps there were, by whom, and what each left.</summary>
internal sealed class MandateNotes
{
    /// <summary>Nothing is noted.</summary>
    public static readonly MandateNotes None = new();

    private static readonly string[] Actions = [.. Enum.GetNames<MandateAct>().Select(MandateNote.ActionOf)];

    private readonly Dictionary<int, Noted> places = [];

    /// <summary>The last place of which the audit knows; 0 for none.</summary>
    public int Last { get; private set; }

    /// <summary>Notes of one mandate: one indexed read.</summary>
    public static async Task<MandateNotes> OfAsync(IdentityContext database, Guid mandate, CancellationToken cancellationToken)
    {
        var key = mandate.ToString();
        var notes = new MandateNotes();
        foreach (var row in await Rows(database).Where(r => r.SubjectId == key).OrderBy(r => r.Sequence).Select(r => new Row(r.SubjectId, r.Action, r.ActorId, r.Details)).ToListAsync(cancellationToken))
        {
            notes.Add(row);
        }

        return notes;
    }

    /// <summary>How many steps of a mandate the audit knows.</summary>
    public static Task<int> CountAsync(IdentityContext database, Guid mandate, CancellationToken cancellationToken)
    {
        var key = mandate.ToString();
        return Rows(database).CountAsync(r => r.SubjectId == key, cancellationToken);
    }

    /// <summary>All notes, in the order of mandates, for whoever walks the whole of it.</summary>
    public static IAsyncEnumerable<Row> All(IdentityContext database) =>
        Rows(database).OrderBy(r => r.SubjectId).ThenBy(r => r.Sequence).Select(r => new Row(r.SubjectId, r.Action, r.ActorId, r.Details)).AsAsyncEnumerable();

    /// <summary>What was noted of a step; null when nothing was.</summary>
    public Noted? At(int place) => places.GetValueOrDefault(place);

    /// <summary>The first note of a place counts: a second one is not the server's. One that cannot be read says nothing: that it was edited is found by the audit's own chain.</summary>
    public void Add(Row row)
    {
        MandateNote? note;
        try
        {
            note = JsonSerializer.Deserialize<MandateNote>(row.Details ?? "null", JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return;
        }

        if (note is not { Version: { } place } || place <= 0)
        {
            return;
        }

        places.TryAdd(place, new Noted(row.Action, row.ActorId, note));
        Last = Math.Max(Last, place);
    }

    private static IQueryable<AuditRecord> Rows(IdentityContext database)
    {
        var actions = Actions;
        return database.Set<AuditRecord>().AsNoTracking().Where(r => actions.Contains(r.Action));
    }

    /// <param name="SubjectId">Which mandate, as the audit spells it.</param>
    /// <param name="Action">Which step.</param>
    /// <param name="ActorId">Who did it.</param>
    /// <param name="Details">JSON.</param>
    internal sealed record Row(string? SubjectId, string Action, string? ActorId, string? Details);

    /// <param name="Action">Which step.</param>
    /// <param name="ActorId">Who did it; null for the clock and the register.</param>
    /// <param name="Note">What it left.</param>
    internal sealed record Noted(string Action, string? ActorId, MandateNote Note);
}
