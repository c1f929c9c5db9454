using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>The evidence of one subject, compared with what the audit says of it.</summary>
/// <param name="Records">All records in the order of places, without the sources' answers.</param>
/// <param name="Fault">The first fault; null when everything is as it was recorded.</param>
internal sealed record NotedEvidence(IReadOnlyList<Evidence> Records, EvidenceFault? Fault)
{
    private const int MostLooks = 4;

    private static readonly CompiledQuery<Guid, Evidence> OfSubject = new(
        (database, subject) => database.Evidence.Where(e => e.SubjectId == subject).OrderBy(e => e.Place).AsNoTracking().Select(EvidenceRows.WithoutReceipt));

    public static async Task<NotedEvidence> OfAsync(IdentityContext database, Guid subject, CancellationToken cancellationToken)
    {
        EvidenceFault? before = null;
        for (var look = 1; ; look++)
        {
            var records = await OfSubject.ToListAsync(database, subject, cancellationToken);
            var fault = EvidenceChain.Verify(subject, records, await EvidenceNotes.OfAsync(database, subject, cancellationToken));

            // What was recorded between the two reads is no fault: a second look sees both. What is one, is still there.
            if (fault is null || fault == before || look == MostLooks)
            {
                return new NotedEvidence(records, fault);
            }

            before = fault;
        }
    }
}
