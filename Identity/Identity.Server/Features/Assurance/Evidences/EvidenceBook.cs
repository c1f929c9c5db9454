using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// Whatever adds evidence, this enters it: linked to the subject's chain, noted in the audit with its hash, the grade that follows from it written beside.
/// It runs inside the transaction that stores the evidence, in the audit's turn, so no second writer is between.
/// </summary>
internal static class EvidenceBook
{
    public const string Recorded = "evidence.recorded";

    /// <summary>Records of a release that knew no chain were taken into it.</summary>
    public const string Adopted = "evidence.adopted";

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
        var earlier = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId)).OrderBy(e => e.Place).WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var grades = await database.Grades.Where(g => subjects.Contains(g.SubjectId)).ToDictionaryAsync(g => g.SubjectId, cancellationToken);
        var organisations = await OrganisationsAsync(database, subjects.Where(s => !grades.ContainsKey(s)).ToArray(), cancellationToken);
        var http = database.GetService<IHttpContextAccessor>();
        var steps = new List<LevelStep>();
        foreach (var group in added)
        {
            List<Evidence> all = [.. earlier[group.Key]];
            foreach (var record in group)
            {
                // Not a row that somebody put there without a place: databases sort these differently, and the chain goes on whatever stands beside it.
                EvidenceChain.Link(record, all.FindLast(e => e.Place is not null));
                all.Add(record);
            }

            var kind = grades.TryGetValue(group.Key, out var written) ? written.Kind : organisations.Contains(group.Key) ? SubjectKind.Organisation : SubjectKind.Person;
            var was = written?.Level ?? AssuranceLevel.None;
            // Not before the newest record: it counts from the moment it was made.
            var now = time.GetUtcNow();
            var grade = policy.GradeOf(kind, all, all.Max(e => e.VerifiedAt) is var newest && newest > now ? newest : now);
            GradeWriter.Write(database, written, group.Key, grade);
            steps.Add(new LevelStep(group.Key, written is null ? null : was, grade));
            if (Overtaken(policy, [.. earlier[group.Key]], [.. group], grade) is { } place)
            {
                database.Endings.Add(EndingsLog.Record(EndedKinds.Level, group.Key, place, time.GetUtcNow()));
            }

            AuditNotes.Add(database, new AuditEntry(Recorded, group.Key.ToString(), ActorOf(http, group.First()), Details: new
            {
                evidence = group.Select(e => new { e.Kind, e.Source, state = e.State.ToString(), result = e.Result.ToString(), e.Place, e.Hash }),
                level = AssuranceNames.Name(grade.Level),
                was = AssuranceNames.Name(was),
                policy = grade.PolicyVersion,
            }), http, time);
        }

        await LevelNotice.AddAsync(database, steps, LevelNotice.ByEvidence, cancellationToken);
    }

    /// <summary>
    /// Whether tokens made before say more than what is true now: the level has fallen, the particulars were compared anew (the name may be another), or a presence that can still be used was
    /// taken back. By the evidence and not by the shadow, which may be behind.
    /// </summary>
    /// <returns>The place of the record that did it: tokens made with a lower one are of before.</returns>
    private static int? Overtaken(AssurancePolicy policy, List<Evidence> earlier, List<Evidence> added, Grade grade)
    {
        var takenBack = added.Where(e => e.Supersedes is not null).ToDictionary(e => e.Id, e => e.Supersedes!.Value);
        return takenBack.Count > 0 &&
            (policy.GradeOf(grade.Kind, earlier, grade.At).Level > grade.Level || earlier.Exists(e => takenBack.ContainsValue(e.Id) && SpeaksInTokens(e, grade.At)))
            ? added.Where(e => takenBack.ContainsKey(e.Id)).Max(e => e.Place) : null;
    }

    private static bool SpeaksInTokens(Evidence record, DateTimeOffset at) =>
        record.Kind is EvidenceKinds.PopulationMatch or EvidenceKinds.MarketRegistryMatch or EvidenceKinds.StaffingRegistryMatch or EvidenceKinds.CivilAffairsRegistryMatch ||
        (record.Kind == EvidenceKinds.TransactionProof && record.ValidUntil > at);

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
