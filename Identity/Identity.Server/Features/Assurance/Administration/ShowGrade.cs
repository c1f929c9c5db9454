using System.Globalization;
using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>
/// <c>GET /api/grade</c>: one's own, whomever the token acts for; <c>GET /api/accounts/{id}/grade</c> and <c>/api/organisations/{id}/grade</c>: for officials and services, the latter also for the
/// legal representative whose token acts for the organisation; <c>?at=</c> a past moment, by the policy of that moment. The level, the evidence that carries it, what is missing and the ways to it.
/// </summary>
internal static class ShowGrade
{
    public static readonly string[] Readers = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];
    private static readonly Problem NotPerson = new("identity.grade.notPerson", 403, "只有自然人账号可以查询自己的等级。", "Only a person has a grade of their own.");
    private static readonly Problem Unknown = new("identity.grade.unknown", 404, "没有该账号。", "There is no such account.");
    private static readonly Problem Later = new("identity.grade.later", 422, "查询时间不能晚于现在。", "The moment must not lie in the future.");
    private static readonly Problem Before = new("identity.grade.before", 404, "该时间尚无分级策略。", "At that moment no policy was in force.");

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/grade", OwnAsync).RequireAuthorization(ApiTokens.Scope("identity.grade"));
        app.MapGet("/api/accounts/{id:guid}/grade", (Guid id, DateTimeOffset? at, ClaimsPrincipal user, GradeQuestions questions, CancellationToken cancellationToken) =>
            questions.AskAsync(SubjectKind.Person, id, at, user, cancellationToken)).RequireAuthorization(ApiTokens.Scope("identity.grade"));
        app.MapGet("/api/organisations/{id:guid}/grade", (Guid id, DateTimeOffset? at, ClaimsPrincipal user, GradeQuestions questions, CancellationToken cancellationToken) =>
            questions.AskAsync(SubjectKind.Organisation, id, at, user, cancellationToken)).RequireAuthorization(ApiTokens.Scope("identity.grade"));
    }

    private static async Task<GradeView> OwnAsync(ClaimsPrincipal user, GradeReader grades, RaisingWays ways, IdentityContext database, CancellationToken cancellationToken)
    {
        if (user.FindFirstValue("kind") is not ("person" or "organisation") || !Guid.TryParse(user.FindFirstValue("sub"), out var person)
            || !await database.Persons.AnyAsync(p => p.Id == person, cancellationToken))
        {
            throw NotPerson.Exception();
        }

        var organisation = await RepresentedOrganisation.OfAsync(user, database, cancellationToken);
        return GradeView.Of(person, await grades.OfAsync(SubjectKind.Person, person, cancellationToken), ways, chain: null) with { Organisation = organisation };
    }

    /// <summary>A question about another's grade: who may ask is checked anew, and an official's question is noted. Who represents an organisation asks for it as for himself: unnoted.</summary>
    internal sealed class GradeQuestions(IdentityContext database, AssurancePolicies policies, RaisingWays ways, Officials.Officials officials, IAuditTrail audit, TimeProvider time)
    {
        private static readonly CompiledQuery<Guid, Guid> OfPerson = new((database, subject) => database.Persons.Where(p => p.Id == subject).Select(p => p.Id));
        private static readonly CompiledQuery<Guid, Guid> OfOrganisation = new((database, subject) => database.Organisations.Where(o => o.Id == subject).Select(o => o.Id));

        public async Task<GradeView> AskAsync(SubjectKind kind, Guid subject, DateTimeOffset? at, ClaimsPrincipal user, CancellationToken cancellationToken)
        {
            var represents = kind == SubjectKind.Organisation && await RepresentedOrganisation.OfAsync(user, database, cancellationToken) == subject;
            var asker = represents ? null : await AskerAsync(user, cancellationToken);
            if (at > time.GetUtcNow())
            {
                throw Later.Exception();
            }

            var (records, fault) = await NotedEvidence.OfAsync(database, subject, cancellationToken);

            // An organisation is no account and a person no organisation, whatever evidence there is of them.
            var other = kind == SubjectKind.Person ? SubjectKind.Organisation : SubjectKind.Person;
            if (await ExistsAsync(other, subject, cancellationToken) || (records.Count == 0 && fault is null && !await ExistsAsync(kind, subject, cancellationToken)))
            {
                throw Unknown.Exception();
            }

            var policy = at is { } moment
                ? await AssurancePolicies.InForceAtAsync(database, moment, cancellationToken) ?? throw Before.Exception()
                : await policies.InForceAsync(database, cancellationToken);
            var grade = policy.GradeOf(kind, records, at ?? time.GetUtcNow());
            if (asker is not null)
            {
                audit.Add(new AuditEntry("grade.read", subject.ToString(), asker.AccountId.ToString(), asker.Account!.DisplayName, new { at }));
                await database.SaveChangesAsync(cancellationToken);
            }

            return GradeView.Of(subject, grade, at is null ? ways : null, represents ? null : fault is null ? "whole" : string.Create(CultureInfo.InvariantCulture, $"{fault.Kind}:{fault.Place}"));
        }

        private async Task<bool> ExistsAsync(SubjectKind kind, Guid subject, CancellationToken cancellationToken) =>
            (await (kind == SubjectKind.Person ? OfPerson : OfOrganisation).ToListAsync(database, subject, cancellationToken)).Count > 0;

        /// <returns>The official; null for a service, which was given the scope by its registration and whose many questions are no event each.</returns>
        private async Task<Session?> AskerAsync(ClaimsPrincipal user, CancellationToken cancellationToken) =>
            user.FindFirst("kind") is null ? null : await officials.RequireAsync(user, cancellationToken, Readers);
    }
}
