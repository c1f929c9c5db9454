using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance.Regradings;

/// <summary>One batch of a run, committed with the run's cursor.</summary>
internal sealed class RegradingStep(IdentityContext database, SessionTally sessions, IAuditTrail audit, TimeProvider time)
{
    public const int SubjectsAtOnce = 500;
    private const int MostExamples = 100;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);

    /// <summary>Takes the oldest run that nobody works at, and does one batch of it.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = await database.Regradings.AsNoTracking().Where(r => r.State == RegradingState.Running && (r.HeldUntil == null || r.HeldUntil < now))
            .OrderBy(r => r.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (run is null)
        {
            return false;
        }

        // The hold spares two nodes the same work; the turn in the commit keeps it from counting twice.
        var taken = await database.Regradings.Where(r => r.Id == run.Id && r.Turn == run.Turn && r.State == RegradingState.Running)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.Turn, run.Turn + 1).SetProperty(x => x.HeldUntil, now + Held), cancellationToken);
        if (taken == 1)
        {
            await BatchAsync(run, run.Turn + 1, cancellationToken);
        }

        return true;
    }

    private async Task BatchAsync(Regrading run, int turn, CancellationToken cancellationToken)
    {
        var policy = await AssurancePolicies.LoadAsync(database, run.PolicyVersion, cancellationToken) ?? throw new InvalidOperationException("The run's policy is gone.");
        // Not the shadow, which may be behind: a level that ran out yesterday is not the trial's doing.
        var inForce = run is { DryRun: true, AgainstVersion: { } against } ? await AssurancePolicies.LoadAsync(database, against, cancellationToken) : null;
        var cursor = run.Cursor;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (!run.DryRun)
        {
            // Evidence that comes meanwhile waits, or a grade made before it would overwrite the one made by it.
            await AuditChain.TakeTurnAsync(database, cancellationToken);
        }

        var rows = await database.Grades.Where(g => cursor == null || g.SubjectId > cursor).OrderBy(g => g.SubjectId).Take(SubjectsAtOnce).ToListAsync(cancellationToken);
        var subjects = rows.ConvertAll(g => g.SubjectId);
        var evidence = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId)).ThatMayCount().WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var now = time.GetUtcNow();
        var tally = new RegradingTally(run, MostExamples);
        var persons = new Dictionary<Guid, (AssuranceLevel Was, AssuranceLevel Level)>();
        var steps = new List<LevelStep>();
        foreach (var row in rows)
        {
            var grade = policy.GradeOf(row.Kind, evidence[row.SubjectId], now);
            var was = inForce?.GradeOf(row.Kind, evidence[row.SubjectId], now).Level ?? row.Level;
            tally.Add(row.SubjectId, row.Kind, was, grade.Level);
            if (run.DryRun)
            {
                if (row.Kind == SubjectKind.Person)
                {
                    persons.Add(row.SubjectId, (was, grade.Level));
                }

                continue;
            }

            GradeWriter.Write(database, row, row.SubjectId, grade);
            if (was != grade.Level)
            {
                audit.Add(GradeChanges.Entry(row.SubjectId, was, grade, "policy"));
                steps.Add(new LevelStep(row.SubjectId, was, grade));
            }
        }

        await LevelNotice.AddAsync(database, steps, "policy", cancellationToken);
        var moved = inForce is null ? run.Sessions : (await CountSessionsAsync(run, inForce, policy, persons, now, cancellationToken)).ToJson();
        var done = rows.Count < SubjectsAtOnce;
        await database.SaveChangesAsync(cancellationToken);
        var (state, ended, last) = (done ? RegradingState.Done : RegradingState.Running, done ? now : (DateTimeOffset?)null, rows.Count > 0 ? rows[^1].SubjectId : cursor);
        var (seen, raised, lowered, changes, examples) = (run.Seen + rows.Count, run.Raised + tally.Raised, run.Lowered + tally.Lowered, tally.Changes, tally.Examples);
        var counted = await database.Regradings.Where(r => r.Id == run.Id && r.Turn == turn && r.State == RegradingState.Running).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.Turn, turn + 1).SetProperty(x => x.HeldUntil, (DateTimeOffset?)null).SetProperty(x => x.Cursor, last).SetProperty(x => x.Seen, seen)
                .SetProperty(x => x.Raised, raised).SetProperty(x => x.Lowered, lowered).SetProperty(x => x.Changes, changes).SetProperty(x => x.Examples, examples)
                .SetProperty(x => x.Sessions, moved).SetProperty(x => x.State, state).SetProperty(x => x.EndedAt, ended),
            cancellationToken);
        if (counted == 1)
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
    }

    private async Task<SessionChanges> CountSessionsAsync(
        Regrading run, AssurancePolicy inForce, AssurancePolicy tried, Dictionary<Guid, (AssuranceLevel Was, AssuranceLevel Level)> persons, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changes = SessionChanges.Parse(run.Sessions) ?? SessionChanges.Between(inForce, tried);
        if (run.Cursor is null)
        {
            changes = await sessions.AddOfficialsAsync(changes, inForce, tried, now, cancellationToken);
        }

        return await sessions.AddPersonsAsync(changes, inForce, tried, persons, now, cancellationToken);
    }
}
