using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Invites a person by name and ID number. Whether such an account exists makes no difference to the inviter: not in words, status or work done.</summary>
internal sealed class MandateInvitation(
    IdentityContext database, PersonalData personal, MandateStore store, AttemptBudget budget, IOptions<MandateSettings> settings, TimeProvider time)
{
    private static readonly Problem TooMany = new("identity.mandate.tooMany", 429, "邀请次数过多，请一小时后再试。", "Too many invitations. Please try again in an hour.");
    private static readonly Problem Waiting = new(
        "identity.mandate.invitationWaits", 409, "发给该证件号的邀请尚待答复，姓名或授权内容与本次不同。如需更改，请先撤销该邀请。",
        "An invitation to that ID number waits already, with another name or other terms. To change it, please revoke it first.");

    private static readonly Problem Oneself = new("identity.mandate.oneself", 422, "不能授权给自己。", "You cannot give a mandate to yourself.");
    private static readonly Problem NotOffice = new("identity.mandate.notRepresentative", 403, "只有法定代表人可以授权。", "Only the legal representative can give a mandate.");
    private static readonly Problem NoPassingOn = new("identity.mandate.noSubDelegation", 403, "该授权不允许转授权。", "This mandate may not be passed on.");
    private static readonly Problem Beyond = new("identity.mandate.beyondOwn", 422, "转授权不能超出您自己的授权范围和期限。", "You cannot pass on more than your own mandate allows, nor for longer.");

    /// <summary>By the legal representative.</summary>
    /// <returns>The key of the invitation; of the one that waits already where it is the same.</returns>
    /// <exception cref="ProblemException">Not the representative, oneself, another invitation waits, a frozen organisation, or too many in an hour.</exception>
    public async Task<Guid> InviteAsync(Guid actor, Guid organisation, string name, IdentityNumber number, MandateTerms terms, CancellationToken cancellationToken)
    {
        var found = await database.Organisations.FirstOrDefaultAsync(o => o.Id == organisation && o.LegalRepresentativeId == actor && o.EndedAt == null, cancellationToken)
            ?? throw NotOffice.Exception();
        return await AddAsync(actor, found, parent: null, name, number, terms, cancellationToken);
    }

    /// <summary>By an agent who may pass a part of his own mandate on, once.</summary>
    /// <exception cref="ProblemException">He may not, or it is more than his own.</exception>
    public async Task<Guid> PassOnAsync(Guid actor, Guid held, string name, IdentityNumber number, MandateTerms terms, CancellationToken cancellationToken)
    {
        var parent = await database.Mandates.Include(m => m.Organisation).GivingPower(database.Users, time.GetUtcNow())
            .FirstOrDefaultAsync(m => m.Id == held && m.AgentId == actor && m.ParentId == null && m.MaySubDelegate, cancellationToken) ?? throw NoPassingOn.Exception();
        return terms.IsWithin(MandateTerms.Of(parent))
            ? await AddAsync(actor, parent.Organisation!, parent, name, number, terms, cancellationToken)
            : throw Beyond.Exception();
    }

    private async Task<Guid> AddAsync(Guid actor, Organisation organisation, Mandate? parent, string name, IdentityNumber number, MandateTerms terms, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, number.Value);
        if (await database.Persons.AnyAsync(p => p.Id == actor && indexes.Contains(p.IdNumberIndex), cancellationToken))
        {
            throw Oneself.Exception();
        }

        if (!budget.TryTake("mandate:" + actor, settings.Value.InvitationsPerHour))
        {
            throw TooMany.Exception();
        }

        // In the turn: of two forms sent at once the second finds the first.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await database.Organisations.AnyAsync(o => o.Id == organisation.Id && o.FrozenAt != null, cancellationToken))
        {
            throw FrozenOrganisation.Problem.Exception();
        }

        // What gave the right to invite may have ended since it was read: nobody could accept.
        var passesOn = parent is not null;
        if (!await database.Organisations.AnyAsync(o => o.Id == organisation.Id && o.EndedAt == null && (passesOn || o.LegalRepresentativeId == actor), cancellationToken))
        {
            throw NotOffice.Exception();
        }

        if (parent is { Id: var above } && !await database.Mandates.GivingPower(database.Users, time.GetUtcNow()).AnyAsync(m => m.Id == above, cancellationToken))
        {
            throw NoPassingOn.Exception();
        }

        var now = time.GetUtcNow();
        if (await OpenAsync(actor, organisation.Id, parent?.Id, indexes, now, cancellationToken) is { } open)
        {
            return IsSame(open, name, terms, now) ? open.Id : throw Waiting.Exception();
        }

        var mandate = new Mandate
        {
            Id = Guid.CreateVersion7(now),
            OrganisationId = organisation.Id,
            Organisation = organisation,
            ParentId = parent?.Id,
            Parent = parent,
            GrantedById = actor,
            AnsweredById = actor,
            InvitedIndex = personal.NewestIndex(Purposes.IdNumber, number.Value),
            InvitedNameIndex = personal.NewestIndex(Purposes.MandateName, name),
            InvitedNumberCipher = personal.Protect(Purposes.IdNumber, number.Value),
            IndexVersion = personal.NewestVersion,
            InvitedNameCipher = personal.Protect(Purposes.MandateName, name),
            InvitedNumberMasked = Masking.IdNumber(number.Value),
            State = MandateState.Invited,
            Reach = terms.Reach,
            Matters = [.. terms.Matters],
            Powers = [.. terms.Powers],
            Seals = [.. terms.Seals],
            ValidFrom = terms.ValidFrom,
            ValidTo = terms.ValidTo,
            MaySubDelegate = terms.MaySubDelegate,
            InvitedAt = now,
            InvitationEndsAt = now.AddDays(settings.Value.InvitationDays),
            Version = 1,
        };
        await store.AddAsync(mandate, actor, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return mandate.Id;
    }

    /// <summary>
    /// The invitation to this number that waits: one at a time, or each would send another message. Among the inviter's own alone, of the representative's or of the parts of one mandate: what others
    /// of the organisation sent is told nobody.
    /// </summary>
    private Task<Mandate?> OpenAsync(Guid actor, Guid organisation, Guid? parent, string[] indexes, DateTimeOffset now, CancellationToken cancellationToken) => database.Mandates.AsNoTracking().FirstOrDefaultAsync(
        m => m.OrganisationId == organisation && m.ParentId == parent && m.AnsweredById == actor && indexes.Contains(m.InvitedIndex) && m.State == MandateState.Invited && m.InvitationEndsAt > now && m.ValidTo > now,
        cancellationToken);

    private bool IsSame(Mandate open, string name, MandateTerms terms, DateTimeOffset now) =>
        personal.Indexes(Purposes.MandateName, name).Contains(open.InvitedNameIndex, StringComparer.Ordinal) && terms.IsSameAs(MandateTerms.Of(open), now);
}
