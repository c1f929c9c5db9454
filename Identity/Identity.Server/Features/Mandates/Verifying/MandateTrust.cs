using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>
/// Whether a mandate is believed where it is used. Power comes from the row, and whoever can write to the database can write the row: so it counts only while it is what its newest signed record left, as
/// <see cref="MandateCheck"/> judges it, and the one above it as well. Keys, records and audit are all here: nobody else need be reachable.
/// </summary>
internal sealed class MandateTrust(IdentityContext database, MandateCheck check, BelievedMandates believed, IAuditTrail audit)
{
    public const string Action = "mandate.refused";

    /// <summary>What does not agree is for the auditor alone.</summary>
    public static readonly Problem Refused = new(
        "identity.mandate.unverified", 403, "该授权未通过核验，不能使用。请联系授权单位和平台管理员。",
        "This mandate does not verify and cannot be used. Please contact the organisation that gave it and the administrators of the platform.");

    /// <param name="held">As it was read, with the one above.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when it changed while it was looked at: then it is to be read anew.</returns>
    public async Task<bool?> OfAsync(Mandate held, CancellationToken cancellationToken)
    {
        // An edited whole would give its part a power that nobody passed on.
        bool? above = held.Parent is { } parent ? await OfRowAsync(parent, held.AgentId, cancellationToken) : true;
        return above is true ? await OfRowAsync(held, held.AgentId, cancellationToken) : above;
    }

    private async Task<bool?> OfRowAsync(Mandate row, Guid? user, CancellationToken cancellationToken)
    {
        var (id, version) = (row.Id, row.Version);
        var newest = await database.MandateEvents.AsNoTracking().FirstOrDefaultAsync(e => e.MandateId == id && e.Sequence == version, cancellationToken);
        var mark = Mark(row, newest, await MandateNotes.CountAsync(database, id, cancellationToken));
        if (believed.Contains(mark))
        {
            return true;
        }

        var history = await database.MandateEvents.AsNoTracking().Where(e => e.MandateId == id).OrderBy(e => e.Sequence).ToListAsync(cancellationToken);
        var verdict = await check.OfAsync(id, history, cancellationToken);
        if (verdict.Fault is { } fault)
        {
            await NoteAsync(fault, mark, user, cancellationToken);
            return false;
        }

        // The row that was found right must be the one that is used: the check reads its own.
        var last = history.Count > 0 ? history[^1] : null;
        if (verdict.Row is not { } judged || Mark(judged, last, await MandateNotes.CountAsync(database, id, cancellationToken)) != mark)
        {
            return null;
        }

        believed.Add(mark);
        return true;
    }

    /// <summary>
    /// Stands for all that use depends on: what the check compares of the row, the newest record to the byte, and how many steps the audit knows, so that a state of before (a mandate whose end was taken
    /// out again, with its record) is not the one that was believed then.
    /// </summary>
    private static string Mark(Mandate row, MandateEvent? newest, int noted) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new object?[]
    {
        row.Id, row.Version, row.State.ToString(), row.OrganisationId, row.GrantedById, row.AnsweredById, row.AgentId, MandateNote.TermsOf(row), newest?.Sequence, newest?.Digest, newest?.RecordCipher, noted,
    })));

    /// <summary>Once for each state that is refused: whoever tries again and again, as apps do, does not fill the audit.</summary>
    private async Task NoteAsync(MandateFault fault, string mark, Guid? user, CancellationToken cancellationToken)
    {
        var subject = fault.MandateId.ToString();
        if (await IsNotedAsync(subject, mark, cancellationToken))
        {
            return;
        }

        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        await AuditChain.TakeTurnAsync(database, cancellationToken);

        // In the turn: of two uses at once the second finds the note of the first.
        if (!await IsNotedAsync(subject, mark, cancellationToken))
        {
            audit.Add(new AuditEntry(Action, subject, user?.ToString(), Details: new { fault = fault.Kind, place = fault.Place, mark }, Result: Refused.Code));
            await database.SaveChangesAsync(cancellationToken);
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    private Task<bool> IsNotedAsync(string subject, string mark, CancellationToken cancellationToken) =>
        database.Set<AuditRecord>().AsNoTracking().AnyAsync(r => r.SubjectId == subject && r.Action == Action && r.Details!.Contains(mark), cancellationToken);
}
