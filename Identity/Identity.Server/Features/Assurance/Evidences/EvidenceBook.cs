using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// Whatever adds evidence, this enters it: linked to the subject's chain, noted in the audit with its hash, the grade that follows from it written beside.
/// It runs inside the transaction that stores the evidence, in the audit's turn, so no second writer is between.
/// </summary>
internal static class EvidenceBook
{
    public const string Recorded = "evidence.recorded";

    public static async Task EnterAsync(IdentityContext database, CancellationToken cancellationToken)
    {
        var added = database.ChangeTracker.Entries<Evidence>().Where(e => e.State == EntityState.Added).Select(e => e.Entity).ToLookup(e => e.SubjectId);
        if (added.Count == 0)
        {
            return;
        }

        var time = database.GetService<TimeProvider>();
        var policy = await database.GetService<AssurancePolicies>().InForceAsync(database, cancellationToken);
        var subjects = added.Select(group => group.Key).ToArray();
        var earlier = (await database.Evidence.AsNoTracking().Where(e => subjects.Contains(e.SubjectId)).OrderBy(e => e.Place).ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var grades = await database.Grades.Where(g => subjects.Contains(g.SubjectId)).ToDictionaryAsync(g => g.SubjectId, cancellationToken);
        var organisations = await OrganisationsAsync(database, subjects.Where(s => !grades.ContainsKey(s)).ToArray(), cancellationToken);
        var http = database.GetService<IHttpContextAccessor>();
        foreach (var group in added)
        {
            List<Evidence> all = [.. earlier[group.Key]];
            foreach (var record in group)
            {
                EvidenceChain.Link(record, all.Count == 0 ? null : all[^1]);
                all.Add(record);
            }

            var kind = grades.TryGetValue(group.Key, out var written) ? written.Kind : organisations.Contains(group.Key) ? SubjectKind.Organisation : SubjectKind.Person;
            var was = written?.Level ?? AssuranceLevel.None;
            // Not before the newest record: it counts from the moment it was made.
            var now = time.GetUtcNow();
            var grade = policy.GradeOf(kind, all, all.Max(e => e.VerifiedAt) is var newest && newest > now ? newest : now);
            GradeWriter.Write(database, written, group.Key, grade);
            LevelNotice.Add(database, group.Key, was, grade, "evidence");
            AuditNotes.Add(database, new AuditEntry(Recorded, group.Key.ToString(), ActorOf(http, group.First()), Details: new
            {
                evidence = group.Select(e => new { e.Kind, e.Source, state = e.State.ToString(), result = e.Result.ToString(), e.Place, e.Hash }),
                level = AssuranceNames.Name(grade.Level),
                was = AssuranceNames.Name(was),
                policy = grade.PolicyVersion,
            }), http, time);
        }
    }

    /// <summary>Who is signed in at this request; outside of one, who answers for the record.</summary>
    private static string ActorOf(IHttpContextAccessor http, Evidence record) => http.HttpContext?.User.FindFirst("sub")?.Value ?? record.AssuredBy;

    private static async Task<HashSet<Guid>> OrganisationsAsync(IdentityContext database, Guid[] subjects, CancellationToken cancellationToken)
    {
        var found = database.ChangeTracker.Entries<Organisation>().Select(e => e.Entity.Id).ToHashSet();
        var unknown = subjects.Where(s => !found.Contains(s)).ToArray();
        if (unknown.Length > 0)
        {
            found.UnionWith(await database.Organisations.AsNoTracking().Where(o => unknown.Contains(o.Id)).Select(o => o.Id).ToListAsync(cancellationToken));
        }

        return found;
    }
}
