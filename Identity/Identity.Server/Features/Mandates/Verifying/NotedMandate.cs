using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>One mandate, compared with what the audit says of it.</summary>
/// <param name="Row">Where it stands; null when there is no row.</param>
/// <param name="Fault">The first fault; null when everything is as it was recorded.</param>
internal sealed record NotedMandate(Mandate? Row, MandateFault? Fault)
{
    private const int MostLooks = 4;

    public static async Task<NotedMandate> OfAsync(IdentityContext database, Guid mandate, CancellationToken cancellationToken)
    {
        MandateFault? before = null;
        for (var look = 1; ; look++)
        {
            var row = await database.Mandates.AsNoTracking().FirstOrDefaultAsync(m => m.Id == mandate, cancellationToken);
            var steps = await database.MandateEvents.Where(e => e.MandateId == mandate).OrderBy(e => e.Sequence).WithoutRecords().ToListAsync(cancellationToken);
            var fault = MandateChain.Verify(mandate, row, steps, await MandateNotes.OfAsync(database, mandate, cancellationToken));

            // What happened between the reads is no fault: a second look sees all of it. What is one, is still there.
            if (fault is null || fault == before || look == MostLooks)
            {
                return new NotedMandate(row, fault);
            }

            before = fault;
        }
    }
}
