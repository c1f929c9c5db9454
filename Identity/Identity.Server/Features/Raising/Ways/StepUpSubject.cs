using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary>What holds the session down: the sign-in, which shows too little; or a level, the person's or (acting for one) the organisation's. That one is offered ways.</summary>
internal sealed class StepUpSubject(IdentityContext database, SessionStore sessions, SessionLevels levels, GradeReader grades)
{
    /// <param name="Reached">The session is at Intermediate already.</param>
    /// <param name="Grade">The grade of whom it is about.</param>
    /// <param name="OrganisationId">Null: the person themselves.</param>
    /// <param name="OrganisationName">For people.</param>
    /// <param name="SignInTooWeak">This sign-in carries less than Intermediate, whatever the account is at.</param>
    /// <param name="AccountTooLow">The level of whom it is about is below Intermediate, however strong the sign-in.</param>
    internal sealed record Subject(bool Reached, Grade Grade, Guid? OrganisationId, string? OrganisationName, bool SignInTooWeak, bool AccountTooLow)
    {
        /// <summary>Where a way begins, with the way back.</summary>
        public string? AddressOf(RaisingWay way, string? returnUrl) => way.Path is not { } path ? null
            : $"{path}?{(OrganisationId is { } id ? $"Organisation={id}&" : "")}ReturnUrl={Uri.EscapeDataString(LocalUrl.OrHome(returnUrl))}";
    }

    /// <param name="sessionId">The session.</param>
    /// <param name="organisation">An organisation that the person represents and wants to raise; null: whoever holds the session down.</param>
    /// <param name="forService">A service waits, for the level of whom the person acts for; a page of this centre asks for the person's own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when the session has ended.</returns>
    public async Task<Subject?> OfAsync(Guid sessionId, Guid? organisation, bool forService, CancellationToken cancellationToken)
    {
        if (await sessions.FindLiveAsync(sessionId, cancellationToken) is not { } session)
        {
            return null;
        }

        if (organisation is { } wanted &&
            await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == wanted && o.LegalRepresentativeId == session.AccountId && o.EndedAt == null, cancellationToken) is { } own)
        {
            var grade = await grades.OfAsync(SubjectKind.Organisation, own.Id, cancellationToken);
            return new Subject(grade.Level >= AssuranceLevel.Intermediate, grade, own.Id, own.Name, SignInTooWeak: false, grade.Level < AssuranceLevel.Intermediate);
        }

        var level = await levels.OfAsync(session, ActingAs.Of(session), cancellationToken);
        var weak = level.SignIn < AssuranceLevel.Intermediate;

        // Of an agent a service can only want the person's own part: no page lifts the cap of a mandate.
        var reached = (forService && session.ActingMandateId is null ? level.Effective : level.Own) >= AssuranceLevel.Intermediate;
        if (session.Account!.Kind == AccountKind.Staff)
        {
            return new Subject(reached, await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken), null, null, weak, AccountTooLow: false);
        }

        var person = await grades.OfAsync(SubjectKind.Person, session.AccountId, cancellationToken);
        // An organisation is raised by its representative; an agent can do nothing for its level.
        if (person.Level >= AssuranceLevel.Intermediate && session is { ActingFor: { } actingFor, ActingMandateId: null })
        {
            var grade = await grades.OfAsync(SubjectKind.Organisation, actingFor.Id, cancellationToken);
            return new Subject(reached, grade, actingFor.Id, actingFor.Name, weak, grade.Level < AssuranceLevel.Intermediate);
        }

        return new Subject(reached, person, OrganisationId: null, OrganisationName: null, weak, person.Level < AssuranceLevel.Intermediate);
    }
}
