using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary>What holds the session down: the sign-in, which shows too little; or a level, the person's or (acting for one) the organisation's. That one is offered ways.</summary>
internal sealed class StepUpSubject(IdentityContext database, SessionStore sessions, SessionLevels levels, GradeReader grades)
{
    /// <param name="Reached">The session is at the level that is wanted already.</param>
    /// <param name="Grade">The grade of whom it is about.</param>
    /// <param name="OrganisationId">Null: the person themselves.</param>
    /// <param name="OrganisationName">For people.</param>
    /// <param name="SignInTooWeak">This sign-in carries less than what is wanted, whatever the account is at.</param>
    /// <param name="AccountTooLow">The level of whom it is about is below what is wanted, however strong the sign-in.</param>
    internal sealed record Subject(bool Reached, Grade Grade, Guid? OrganisationId, string? OrganisationName, bool SignInTooWeak, bool AccountTooLow)
    {
        /// <summary>Where a way begins, with the way back.</summary>
        public string? AddressOf(RaisingWay way, string? returnUrl) => way.AddressFor(OrganisationId, returnUrl);

        /// <summary>Whether a raise that was begun for this organisation (null: for the person) has come to its end, whatever else the session lacks.</summary>
        public bool IsRaised(Guid? organisation, AssuranceLevel level) => OrganisationId == organisation ? !AccountTooLow || Grade.Level >= level : organisation is null;
    }

    /// <param name="sessionId">The session.</param>
    /// <param name="organisation">An organisation that the person represents and wants to raise; null: whoever holds the session down.</param>
    /// <param name="forService">A service waits, for the level of whom the person acts for; a page of this centre asks for the person's own.</param>
    /// <param name="level">The level that is wanted: Primary or Intermediate.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="touches">Whether this counts as use of the session; not what a page's script asks by itself.</param>
    /// <returns>Null when the session has ended.</returns>
    public async Task<Subject?> OfAsync(Guid sessionId, Guid? organisation, bool forService, AssuranceLevel level, CancellationToken cancellationToken, bool touches = true)
    {
        if (await sessions.FindLiveAsync(sessionId, cancellationToken, touches: touches) is not { } session)
        {
            return null;
        }

        if (organisation is { } wanted &&
            await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == wanted && o.LegalRepresentativeId == session.AccountId && o.EndedAt == null && o.FrozenAt == null, cancellationToken) is { } own)
        {
            var grade = await grades.OfAsync(SubjectKind.Organisation, own.Id, cancellationToken);
            return new Subject(grade.Level >= AssuranceLevel.Intermediate, grade, own.Id, own.Name, SignInTooWeak: false, grade.Level < AssuranceLevel.Intermediate);
        }

        var now = await levels.OfAsync(session, ActingAs.Of(session), cancellationToken);
        var weak = now.SignIn < level;

        // Of an agent a service can only want the person's own part: no page lifts the cap of a mandate.
        var reached = (forService && session.ActingMandateId is null ? now.Effective : now.Own) >= level;
        if (session.Account!.Kind == AccountKind.Staff)
        {
            return new Subject(reached, await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken), null, null, weak, AccountTooLow: false);
        }

        var person = await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken);
        // An organisation is raised by its representative; an agent can do nothing for its level.
        if (person.Level >= level && session is { ActingFor: { } actingFor, ActingMandateId: null })
        {
            var grade = await grades.OfAsync(SubjectKind.Organisation, actingFor.Id, cancellationToken);
            return new Subject(reached, grade, actingFor.Id, actingFor.Name, weak, grade.Level < level);
        }

        return new Subject(reached, person, OrganisationId: null, OrganisationName: null, weak, person.Level < level);
    }
}
