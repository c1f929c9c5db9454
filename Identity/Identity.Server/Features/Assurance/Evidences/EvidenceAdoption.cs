using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// Evidence of a release that knew no chain is taken into it once, a few subjects at a time, in the order in which it was made. The audit notes the hashes, so that
/// from then on nothing can be changed unseen.
/// </summary>
internal sealed class EvidenceAdoption(IServiceScopeFactory scopes, AssurancePolicies policies, TimeProvider time, ILogger<EvidenceAdoption> log) : BackgroundService
{
    private const int SubjectsAtOnce = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var adopted = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var step = await AdoptAsync(stoppingToken);
                adopted += step;
                if (step == 0)
                {
                    break;
                }
            }
            catch (DbUpdateException)
            {
                // Another node adopted them, or a person added evidence meanwhile: look again.
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }

        if (adopted > 0)
        {
            log.LogInformation("The evidence of {Count} subjects was taken into the chain", adopted);
        }
    }

    private async Task<int> AdoptAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var subjects = await database.Evidence.AsNoTracking().Where(e => e.Place == null).Select(e => e.SubjectId).Distinct().Take(SubjectsAtOnce).ToListAsync(cancellationToken);
        if (subjects.Count == 0)
        {
            return 0;
        }

        var policy = await policies.InForceAsync(database, cancellationToken);
        var organisations = (await database.Organisations.AsNoTracking().Where(o => subjects.Contains(o.Id)).Select(o => o.Id).ToListAsync(cancellationToken)).ToHashSet();
        var grades = await database.Grades.Where(g => subjects.Contains(g.SubjectId)).ToDictionaryAsync(g => g.SubjectId, cancellationToken);
        var now = time.GetUtcNow();
        foreach (var group in (await database.Evidence.Where(e => subjects.Contains(e.SubjectId)).ToListAsync(cancellationToken)).GroupBy(e => e.SubjectId))
        {
            // What this release already linked keeps its place; the older rows follow it.
            var linked = group.Where(e => e.Place is not null).OrderBy(e => e.Place).ToList();
            foreach (var record in group.Where(e => e.Place is null).OrderBy(e => e.VerifiedAt).ThenBy(e => e.Id))
            {
                EvidenceChain.Link(record, linked.Count == 0 ? null : linked[^1]);
                linked.Add(record);
            }

            var grade = policy.GradeOf(organisations.Contains(group.Key) ? SubjectKind.Organisation : SubjectKind.Person, linked, now);
            GradeWriter.Write(database, grades.GetValueOrDefault(group.Key), group.Key, grade);
            AuditNotes.Add(database, new AuditEntry("evidence.adopted", group.Key.ToString(), "system", Details: new
            {
                places = linked.Count,
                hash = linked[^1].Hash,
                level = AssuranceNames.Name(grade.Level),
            }), null, time);
        }

        await database.SaveChangesAsync(cancellationToken);
        return subjects.Count;
    }
}
