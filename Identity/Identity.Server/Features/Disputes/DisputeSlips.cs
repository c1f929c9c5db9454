using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>
/// The slip for the counter, given when a registration meets an account. It comes after the four particulars agreed and a phone was proved, where the page says already that
/// there is an account; its number is random, opens nothing and answers nothing.
/// </summary>
internal sealed class DisputeSlips(IdentityContext database, PersonalData personal, IAuditTrail audit, IOptions<DisputeSettings> settings, TimeProvider time)
{
    /// <returns>The slip's number.</returns>
    public async Task<string> GiveAsync(RegistrationDraft draft, CancellationToken cancellationToken)
    {
        // A registration's own: the same draft sent again, by a former cookie too, finds the slip it has.
        if (await database.Disputes.Where(d => d.Id == draft.Id).Select(d => d.Number).FirstOrDefaultAsync(cancellationToken) is { } given)
        {
            return given;
        }

        var now = time.GetUtcNow();
        var kept = now.AddDays(-settings.Value.SlipDays);
        await database.Disputes.Where(d => d.State == DisputeState.Asked && d.CreatedAt < kept).ExecuteDeleteAsync(cancellationToken);
        var indexes = personal.Indexes(Purposes.IdNumber, draft.IdNumber);
        var account = await database.Persons.Where(p => indexes.Contains(p.IdNumberIndex)).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(cancellationToken);
        var slip = new Dispute { Id = draft.Id, Number = DisputeNumbers.New(), State = DisputeState.Asked, AccountId = account, CreatedAt = now };
        database.Disputes.Add(slip);
        audit.Add(new AuditEntry("dispute.slip", account?.ToString(), ActorId: null, Details: new { slip.Number, draft.PopulationReceipt }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return slip.Number;
        }
        catch (DbUpdateException)
        {
            // The same form twice at once: the other has given it.
            database.ChangeTracker.Clear();
            return await database.Disputes.Where(d => d.Id == draft.Id).Select(d => d.Number).FirstAsync(cancellationToken);
        }
    }
}
