using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>
/// Tells a month ahead that a level will fall because what carries it ends, while it can still be renewed. The grades that change within that time are walked in the order in which they
/// change, by the index; the policy says of each from its evidence whether nothing else carries it. Several nodes may do it at once: in the audit's turn each sees what another has told.
/// </summary>
internal sealed class LevelEndings(IdentityContext database, AssurancePolicies policies, TimeProvider time)
{
    public const int SubjectsAtOnce = 200;

    /// <summary>How long before the end.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>Where the walk stands: of many that end at the same moment some may be behind it and some not.</summary>
    /// <param name="EndsAt">The moment of the last one seen.</param>
    /// <param name="Subject">Whose it is.</param>
    internal sealed record Place(DateTimeOffset EndsAt, Guid Subject);

    /// <param name="Last">Where the walk stands now.</param>
    /// <param name="Seen">How many grades were looked at; fewer than were asked for means that none is left.</param>
    /// <param name="Told">How many notices were written.</param>
    internal sealed record Batch(Place? Last, int Seen, int Told);

    /// <param name="after">Where the walk stands; null: it begins at this moment.</param>
    /// <param name="atOnce">How many grades are looked at.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Batch> StepAsync(Place? after, int atOnce, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await EndingAsync(after, now, atOnce, cancellationToken);
        if (rows.Count == 0)
        {
            return new Batch(after, 0, 0);
        }

        // Nearly always nobody: the turn is for those alone who have to be told.
        var untold = (await UntoldAsync(rows, cancellationToken)).Select(e => e.Subject).ToHashSet();
        var told = untold.Count == 0 ? 0 : await TellAsync(rows.FindAll(r => untold.Contains(r.SubjectId)), cancellationToken);
        return new Batch(new Place(rows[^1].ChangesAt!.Value, rows[^1].SubjectId), rows.Count, told);
    }

    private Task<List<SubjectGrade>> EndingAsync(Place? after, DateTimeOffset now, int atOnce, CancellationToken cancellationToken)
    {
        // One lower bound and no more: of two a database may take the lower one for its index, and read the whole month again for each batch.
        var ending = database.Grades.AsNoTracking().Where(g => g.ChangesAt > now);
        if (after is not null && after.EndsAt > now)
        {
            var (endsAt, subject) = after;
            ending = database.Grades.AsNoTracking().Where(g => g.ChangesAt >= endsAt && (g.ChangesAt > endsAt || g.SubjectId.CompareTo(subject) > 0));
        }

        var horizon = now + Ahead;
        return ending.Where(g => g.ChangesAt <= horizon).OrderBy(g => g.ChangesAt).ThenBy(g => g.SubjectId).Take(atOnce).ToListAsync(cancellationToken);
    }

    /// <summary>Those of whom somebody can be told and nobody was: not of a closed account, nor of an organisation that nobody acts for.</summary>
    private async Task<List<LevelEnding>> UntoldAsync(List<SubjectGrade> rows, CancellationToken cancellationToken)
    {
        var persons = rows.Where(r => r.Kind == SubjectKind.Person).Select(r => r.SubjectId).ToList();
        var organisations = rows.Where(r => r.Kind == SubjectKind.Organisation).Select(r => r.SubjectId).ToList();
        var open = (await database.Users.AsNoTracking().Where(a => persons.Contains(a.Id) && a.ClosedAt == null).Select(a => a.Id).ToListAsync(cancellationToken)).ToHashSet();
        var represented = await database.Organisations.AsNoTracking().Where(o => organisations.Contains(o.Id) && o.EndedAt == null).ToDictionaryAsync(o => o.Id, cancellationToken);
        var endings = new List<LevelEnding>();
        foreach (var row in rows)
        {
            if (row.Kind == SubjectKind.Person && open.Contains(row.SubjectId))
            {
                endings.Add(new LevelEnding(row.SubjectId, row.Kind, row.ChangesAt!.Value, row.SubjectId, Organisation: null));
            }
            else if (represented.TryGetValue(row.SubjectId, out var organisation))
            {
                endings.Add(new LevelEnding(row.SubjectId, row.Kind, row.ChangesAt!.Value, organisation.LegalRepresentativeId, organisation.Name));
            }
        }

        var told = await EndingNotice.ToldAsync(database, endings, cancellationToken);
        return endings.FindAll(e => !told.Contains(e.Key));
    }

    private async Task<int> TellAsync(List<SubjectGrade> rows, CancellationToken cancellationToken)
    {
        var policy = await policies.InForceAsync(database, cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var endings = await UntoldAsync(rows, cancellationToken);
        var subjects = endings.ConvertAll(e => e.Subject);
        var evidence = (await database.Evidence.Where(e => subjects.Contains(e.SubjectId)).ThatMayCount().WithoutReceipts().ToListAsync(cancellationToken)).ToLookup(e => e.SubjectId);
        var now = time.GetUtcNow();
        var told = 0;
        foreach (var ending in endings)
        {
            // By the evidence and not by the shadow, which may be behind a renewal or a new policy: whatever writes it down leads the walk here again.
            var grade = policy.GradeOf(ending.Kind, evidence[ending.Subject], now);
            if (grade.ChangesAt?.ToUnixTimeSeconds() == ending.Key.Ends)
            {
                EndingNotice.Add(database, ending, grade);
                told++;
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return told;
    }
}
