using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>Invites a person by name and ID number. Whether such an account exists makes no difference to the inviter: not in words, status or work done.</summary>
internal sealed class MandateInvitation(
    IdentityContext database, PersonalData personal, MandateStore store, AttemptBudget budget, IOptions<MandateSettings> settings, TimeProvider time)
{
    private static readonly Problem TooMany = new("identity.mandate.tooMany", 429, "邀请次数过多，请一小时后再试。", "Too many invitations. Please try again in an hour.");
    private static readonly Problem Oneself = new("identity.mandate.oneself", 422, "不能授权给自己。", "You cannot give a mandate to yourself.");
    private static readonly Problem NotOffice = new("identity.mandate.notRepresentative", 403, "只有法定代表人可以授权。", "Only the legal representative can give a mandate.");
    private static readonly Problem NoPassingOn = new("identity.mandate.noSubDelegation", 403, "该授权不允许转授权。", "This mandate may not be passed on.");
    private static readonly Problem Beyond = new("identity.mandate.beyondOwn", 422, "转授权不能超出您自己的授权范围和期限。", "You cannot pass on more than your own mandate allows, nor for longer.");

    /// <summary>By the legal representative.</summary>
    /// <exception cref="ProblemException">Not the representative, oneself, or too many in an hour.</exception>
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

        var now = time.GetUtcNow();
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
        return mandate.Id;
    }
}
