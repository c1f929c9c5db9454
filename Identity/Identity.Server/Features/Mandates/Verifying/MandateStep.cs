using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>A step of a mandate as its row tells it, without the encrypted record, which <paramref name="Digest"/> stands for: so it is compared without keys.</summary>
internal sealed record MandateStep(Guid MandateId, int Sequence, string Act, Guid? ActorId, DateTimeOffset At, string Digest);

internal static class MandateSteps
{
    /// <summary>Last in a query, for nothing but reading.</summary>
    public static IQueryable<MandateStep> WithoutRecords(this IQueryable<MandateEvent> events) =>
        events.AsNoTracking().Select(e => new MandateStep(e.MandateId, e.Sequence, e.Act, e.ActorId, e.At, e.Digest));
}
