using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Mandates that a change of representative suspended, or met suspended: they wait for the one of now to let each go on. Parts passed on follow the whole.</summary>
internal static class WaitingMandates
{
    /// <param name="mandates">Of which.</param>
    /// <param name="events">All steps of mandates, of the same context: who is named again after another answers for his own still, and it was not he who suspended them.</param>
    /// <param name="now">What has run out waits for nobody.</param>
    public static IQueryable<Mandate> WaitingForRepresentative(this IQueryable<Mandate> mandates, IQueryable<MandateEvent> events, DateTimeOffset now) => mandates.Where(m =>
        m.ParentId == null && m.State == MandateState.Suspended && m.ValidTo > now && m.Organisation!.EndedAt == null &&
        (m.AnsweredById != m.Organisation.LegalRepresentativeId || events.Any(e => e.MandateId == m.Id && e.Sequence == m.Version && e.ActorId == null)));
}
