using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.Console.Mandates;

/// <summary>Mandates of an organisation, or those that a person accepted, as officials see them: newest first, page by page behind a key, agents masked.</summary>
/// <param name="List">A page of them.</param>
/// <param name="State">Of which state; null: of any.</param>
/// <param name="Address">Of the page on which they stand.</param>
/// <param name="OfAgent">Whether they are a person's: the organisation is what tells them apart, else the agent.</param>
internal sealed record OfficialMandates(MandateList List, MandateState? State, string Address, bool OfAgent)
{
    public static Task<OfficialMandates> OfOrganisationAsync(IdentityContext database, MandateView view, Guid organisation, MandateState? state, Guid? before, CancellationToken cancellationToken) =>
        LoadAsync(database.Mandates.Where(m => m.OrganisationId == organisation), view, new OfficialMandates(new MandateList([], null), state, $"/console/organisations/{organisation}", OfAgent: false), before, cancellationToken);

    public static Task<OfficialMandates> OfAgentAsync(IdentityContext database, MandateView view, Guid person, MandateState? state, Guid? before, CancellationToken cancellationToken) =>
        LoadAsync(database.Mandates.Where(m => m.AgentId == person), view, new OfficialMandates(new MandateList([], null), state, $"/console/accounts/{person}", OfAgent: true), before, cancellationToken);

    private static async Task<OfficialMandates> LoadAsync(IQueryable<Mandate> whose, MandateView view, OfficialMandates empty, Guid? before, CancellationToken cancellationToken)
    {
        var found = before is { } key ? whose.Where(m => m.Id.CompareTo(key) < 0) : whose;
        if (empty.State is { } state)
        {
            found = Of(found, state, view.Now);
        }

        var page = await found.AsNoTracking().Include(m => m.Organisation).OrderByDescending(m => m.Id).Take(MandateView.PageSize + 1).ToListAsync(cancellationToken);
        return empty with { List = await view.ListAsync(page, m => empty.OfAgent ? m.Organisation!.Name : MaskedPeople.Agent(view, m), cancellationToken) };
    }

    /// <summary>By the state that the list shows, which is the clock's too (<see cref="MandateFlow.At"/>).</summary>
    private static IQueryable<Mandate> Of(IQueryable<Mandate> mandates, MandateState state, DateTimeOffset now) => state switch
    {
        MandateState.Invited => mandates.Where(m => m.State == MandateState.Invited && m.InvitationEndsAt > now && m.ValidTo > now),
        MandateState.Active or MandateState.Suspended => mandates.Where(m => m.State == state && m.ValidTo > now),
        MandateState.Expired => mandates.Where(m => m.State == MandateState.Expired || (m.State == MandateState.Invited && (m.InvitationEndsAt <= now || m.ValidTo <= now)) ||
            ((m.State == MandateState.Active || m.State == MandateState.Suspended) && m.ValidTo <= now)),
        _ => mandates.Where(m => m.State == state),
    };
}
