using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>
/// Writes down the levels that fell because evidence ran out. Tokens never waited for it (they ask the evidence); lists, statistics and notices do.
/// Several nodes may do it at once: the second finds nothing left.
/// </summary>
internal sealed class GradeExpiry(IdentityContext database, AssurancePolicies policies, IAuditTrail audit, TimeProvider time)
{
    public const int SubjectsAtOnce = 500;

    /// <returns>How many rows it wrote; fewer than <see cref="SubjectsAtOnce"/> means that none is left.</returns>
    public async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var policy = await policies.InForceAsync(database, cancellationToken);
        if (!await database.Grades.AnyAsync(g => g.ChangesAt <= now, cancellationToken))
        {
            return 0;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var rows = await database.Grades.Where(g => g.ChangesAt <= now).OrderBy(g => g.ChangesAt).Take(SubjectsAtOnce).ToListAsync(cancellationToken);
        var subjects = rows.ConvertAll(g => g.SubjectId);
        var evidence = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId)).ThatMayCount().WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var steps = new List<LevelStep>();
        foreach (var row in rows)
        {
            var was = row.Level;
            var grade = policy.GradeOf(row.Kind, evidence[row.SubjectId], now);
            GradeWriter.Write(database, row, row.SubjectId, grade);
            if (was != grade.Level)
            {
                audit.Add(GradeChanges.Entry(row.SubjectId, was, grade, "expired"));
                steps.Add(new LevelStep(row.SubjectId, was, grade));
            }
        }

        await LevelNotice.AddAsync(database, steps, "expired", cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return rows.Count;
    }
}
