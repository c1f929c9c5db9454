using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>
/// Evidence of a release that knew no chain is taken into it once, a few subjects at a time, in the order in which it was made. The audit notes the hashes, so that
/// from then on nothing can be changed unseen. It notes the end of it too: a row without a place that comes later is no server's, and must not be made good by the next start.
/// </summary>
internal sealed class EvidenceAdoption(IServiceScopeFactory scopes, AssurancePolicies policies, TimeProvider time, ILogger<EvidenceAdoption> log) : BackgroundService
{
    /// <summary>In the audit, once nothing is left to adopt.</summary>
    public const string Ended = "evidence.adoptionEnded";

    /// <summary>Whom that entry is about: no single subject.</summary>
    public const string Everybody = "evidence";

    private const int SubjectsAtOnce = 200;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (adopted, overtaken) = (0, 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var step = await AdoptAsync(stoppingToken);
                (adopted, overtaken) = (adopted + step, 0);
                if (step == 0)
                {
                    break;
                }
            }
            catch (DbUpdateException e)
            {
                // Another node adopted them, or a person added evidence meanwhile: look again. Twice in a row it is something else, and does not keep the database busy.
                if (++overtaken > 1)
                {
                    log.LogWarning(e, "Evidence of an earlier release could not be taken into the chain, {Times} times in a row; it is tried again later", overtaken);
                    if (!await WaitAsync(stoppingToken))
                    {
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What cannot be adopted now must not stop the server: it counts all the same, and is tried again.
                log.LogError(e, "Evidence of an earlier release could not be taken into the chain and is tried again later");
                if (!await WaitAsync(stoppingToken))
                {
                    return;
                }
            }
        }

        if (adopted > 0)
        {
            log.LogInformation("The evidence of {Count} subjects was taken into the chain", adopted);
        }
    }

    /// <returns>False when the app stops meanwhile.</returns>
    private static async Task<bool> WaitAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(BetweenTries, stoppingToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<int> AdoptAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        if (await database.Set<AuditRecord>().AnyAsync(r => r.SubjectId == Everybody && r.Action == Ended, cancellationToken))
        {
            if (await database.Evidence.AnyAsync(e => e.Place == null, cancellationToken))
            {
                log.LogError("There is evidence that no server recorded; “yinxin audit verify” names it");
            }

            return 0;
        }

        var subjects = await database.Evidence.AsNoTracking().Where(e => e.Place == null).Select(e => e.SubjectId).Distinct().OrderBy(s => s).Take(SubjectsAtOnce).ToListAsync(cancellationToken);
        if (subjects.Count == 0)
        {
            AuditNotes.Add(database, new AuditEntry(Ended, Everybody, "system"), null, time);
            await database.SaveChangesAsync(cancellationToken);
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
            AuditNotes.Add(database, new AuditEntry(EvidenceBook.Adopted, group.Key.ToString(), "system", Details: new
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
