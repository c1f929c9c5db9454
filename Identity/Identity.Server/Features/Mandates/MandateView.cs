using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>A mandate and what the one who looks at it is to it.</summary>
internal sealed record SeenMandate(Mandate Mandate, bool IsGrantor, bool IsAgent);

/// <summary>What the two sides may see and do. For everybody else a mandate does not exist.</summary>
internal sealed class MandateView(IdentityContext database, PersonalData personal, MandateStore store, SessionLevels levels, TimeProvider time)
{
    public const int PageSize = 20;

    private static readonly Problem NotInOffice = new(
        "identity.mandate.grantorGone", 409, "授权人已不再具有授权资格，该邀请不能接受。", "Whoever gave this mandate can no longer answer for it; it cannot be accepted.");

    private static readonly Problem GrantorFrozen = new(
        "identity.mandate.grantorFrozen", 409, "授权人的账号已冻结，暂不能接受该邀请；解冻后可以接受。", "The account of whoever gave this mandate is frozen; it can be accepted once that is lifted.");

    private static readonly Problem NotProven = new("identity.mandate.notProven", 403, "请先完成本人实名认证。", "Your own real-name authentication is needed first.");

    /// <summary>How long a proof of oneself is recent enough to give power.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    /// <exception cref="ProblemException">There is none, or it is none of this person's business.</exception>
    public async Task<SeenMandate> FindAsync(Guid person, Guid id, CancellationToken cancellationToken)
    {
        var mandate = await store.FindAsync(id, cancellationToken);
        var own = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == person, cancellationToken);
        // Until it is accepted nobody is the agent, whatever the row says: who is invited stands in the record.
        var isAgent = mandate is { AgentId: { } agent, State: not MandateState.Invited } ? agent == person : own is not null && IsInvited(mandate, own);
        var represents = mandate.Organisation!.LegalRepresentativeId == person;
        var isGrantor = (represents && mandate.Organisation.EndedAt is null) || mandate.Parent?.AgentId == person;

        // Of an organisation that rests or is no more whoever represented it last still sees what he gave, and can do nothing.
        return isAgent || isGrantor || represents ? new SeenMandate(mandate, isGrantor, isAgent) : throw MandateStore.Unknown.Exception();
    }

    /// <summary>Given to the person, accepted or not; newest first, before the key if one is given.</summary>
    public async Task<List<Mandate>> GivenToAsync(Guid person, Guid? before, CancellationToken cancellationToken)
    {
        if (await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == person, cancellationToken) is not { } own)
        {
            return [];
        }

        var (numbers, names) = (NumbersOf(own), personal.Indexes(Purposes.MandateName, own.Name));
        return await PageAsync(
            database.Mandates.Where(m => numbers.Contains(m.InvitedIndex) && (m.AgentId == person || (m.AgentId == null && names.Contains(m.InvitedNameIndex)))), before, cancellationToken);
    }

    /// <summary>Of an organisation; newest first.</summary>
    public Task<List<Mandate>> OfOrganisationAsync(Guid organisation, Guid? before, CancellationToken cancellationToken) =>
        PageAsync(database.Mandates.Where(m => m.OrganisationId == organisation), before, cancellationToken);

    /// <summary>Parts that were passed on.</summary>
    public Task<List<Mandate>> PartsAsync(Guid mandate, CancellationToken cancellationToken) =>
        PageAsync(database.Mandates.Where(m => m.ParentId == mandate), before: null, cancellationToken);

    public Task<List<MandateEvent>> HistoryAsync(Guid mandate, CancellationToken cancellationToken) =>
        database.MandateEvents.AsNoTracking().Where(e => e.MandateId == mandate).OrderBy(e => e.Sequence).Take(1000).ToListAsync(cancellationToken);

    /// <summary>A page of what was found.</summary>
    public async Task<MandateList> ListAsync(IReadOnlyList<Mandate> found, Func<Mandate, string> title, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = found.Select(m => m.Id).ToList();
        var heldUp = await database.Mandates.Where(m => ids.Contains(m.Id)).HeldUp(database.Users, now).Select(m => m.Id).ToListAsync(cancellationToken);
        return MandateList.Of(found, title, now, heldUp.ToHashSet());
    }

    public Task<bool> IsHeldUpAsync(Guid mandate, CancellationToken cancellationToken) =>
        database.Mandates.HeldUp(database.Users, time.GetUtcNow()).AnyAsync(m => m.Id == mandate, cancellationToken);

    public string AgentName(Mandate mandate) => personal.Unprotect(Purposes.MandateName, mandate.InvitedNameCipher);

    /// <summary>Names of those who acted, for the history.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid?> people, CancellationToken cancellationToken)
    {
        var ids = people.OfType<Guid>().Distinct().ToList();
        return await database.Persons.AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken);
    }

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>To give power a legal representative shows more than to take it back.</summary>
    public Task<bool> MayGiveAsync(Session session, SeenMandate? passedOn, CancellationToken cancellationToken) =>
        ReachesAsync(session, passedOn?.Mandate.Parent?.AgentId == session.AccountId ? AssuranceLevel.Primary : AssuranceLevel.Intermediate, cancellationToken);

    /// <summary>An agent who passes a part on is somebody whom evidence in force still proves.</summary>
    public Task<bool> MayPassOnAsync(Session session, CancellationToken cancellationToken) => ReachesAsync(session, AssuranceLevel.Primary, cancellationToken);

    /// <exception cref="ProblemException">The agent is not proven, or nobody answers for the mandate any more.</exception>
    public async Task CheckAcceptableAsync(Session session, Mandate mandate, CancellationToken cancellationToken)
    {
        if ((await levels.OfAsync(session, acting: null, cancellationToken)).Effective < AssuranceLevel.Primary)
        {
            throw NotProven.Exception();
        }

        if (mandate.Organisation!.FrozenAt is not null)
        {
            throw FrozenOrganisation.Problem.Exception();
        }

        if (await database.Mandates.WithFrozenGrantor(database.Users).AnyAsync(m => m.Id == mandate.Id, cancellationToken))
        {
            throw GrantorFrozen.Exception();
        }

        var now = time.GetUtcNow();
        var answered = mandate.Organisation.EndedAt is null && (mandate.ParentId is { } above
            ? await database.Mandates.GivingPower(database.Users, now).AnyAsync(m => m.Id == above && m.AgentId == mandate.AnsweredById, cancellationToken)
            : mandate.AnsweredById == mandate.Organisation.LegalRepresentativeId);
        if (!answered)
        {
            throw NotInOffice.Exception();
        }
    }

    private async Task<bool> ReachesAsync(Session session, AssuranceLevel level, CancellationToken cancellationToken) =>
        (await levels.OfAsync(session, acting: null, cancellationToken)).Effective >= level;

    private bool IsInvited(Mandate mandate, Person person) =>
        NumbersOf(person).Contains(mandate.InvitedIndex, StringComparer.Ordinal) && personal.Indexes(Purposes.MandateName, person.Name).Contains(mandate.InvitedNameIndex, StringComparer.Ordinal)
        // The records hold these two, and not the hashes: who copied those from another invitation does not get this one.
        && personal.Unprotect(Purposes.MandateName, mandate.InvitedNameCipher) == person.Name
        && mandate.InvitedNumberMasked == Masking.IdNumber(personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher));

    private string[] NumbersOf(Person person) => personal.Indexes(Purposes.IdNumber, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher));

    private static Task<List<Mandate>> PageAsync(IQueryable<Mandate> mandates, Guid? before, CancellationToken cancellationToken)
    {
        var from = before is { } key ? mandates.Where(m => m.Id.CompareTo(key) < 0) : mandates;
        return from.AsNoTracking().Include(m => m.Organisation).Include(m => m.Parent).OrderByDescending(m => m.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
    }
}
