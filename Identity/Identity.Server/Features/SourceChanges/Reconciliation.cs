using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// The nightly comparison: reads each register's feed of changes from where it stopped, a batch at a time, so that a push that never came is made good. The mark moves
/// after each batch: an interruption repeats at most one, which does nothing twice. The cost follows from what changed, not from how many accounts there are.
/// </summary>
internal sealed class Reconciliation(
    IdentityContext database, IHttpClientFactory clients, SignedQuestions questions, SourceStatements statements, AuthorityKeys keys, SourceChangeBook book, OrganisationChecks checks, SourceEvidence sources,
    TimeProvider time, ILogger<Reconciliation> log)
{
    public const int Batch = 25;
    private const int MostCodesAtOnce = 100;
    private static readonly TimeSpan China = TimeSpan.FromHours(8);
    private static readonly TimeSpan Night = TimeSpan.FromHours(2);

    /// <summary>The last two o'clock in the night, Asia/Shanghai.</summary>
    public static DateTimeOffset LastNight(DateTimeOffset now)
    {
        var local = now.ToOffset(China) - Night;
        return new DateTimeOffset(local.Date, China) + Night;
    }

    /// <summary>Whatever was not compared since last night.</summary>
    /// <returns>Changes that were read.</returns>
    public async Task<int> RunDueAsync(CancellationToken cancellationToken)
    {
        var read = 0;
        var night = LastNight(time.GetUtcNow());
        foreach (var authority in SourceChangeKinds.Authorities.Where(keys.Knows))
        {
            var cursor = await database.SourceCursors.FirstOrDefaultAsync(c => c.Authority == authority.Issuer, cancellationToken);
            if (cursor?.ReachedEndAt >= night)
            {
                continue;
            }

            try
            {
                read += await ReadAsync(authority, cursor, cancellationToken);
            }
            catch (ProblemException e) when (SignedQuestions.IsNotThere(e))
            {
                // It has no feed (an authority that only pushes, or does neither): nothing to make good tonight.
                log.LogInformation("{Authority} has no feed of changes", authority.Issuer);
                database.ChangeTracker.Clear();
                await EndAsync(authority, cancellationToken);
            }
            catch (ProblemException)
            {
                // It cannot be asked now; the mark stands, the next turn goes on from there.
                log.LogWarning("The feed of changes of {Authority} cannot be read now", authority.Issuer);
                database.ChangeTracker.Clear();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One change that cannot be done must not keep the other authorities from being heard.
                log.LogError(e, "A change in the feed of {Authority} cannot be done now", authority.Issuer);
                database.ChangeTracker.Clear();
            }
        }

        await CompleteCodesAsync(cancellationToken);
        return read;
    }

    private async Task<int> ReadAsync(Authority authority, SourceCursor? cursor, CancellationToken cancellationToken)
    {
        if (cursor is null)
        {
            cursor = new SourceCursor { Authority = authority.Issuer };
            database.SourceCursors.Add(cursor);
            await database.SaveChangesAsync(cancellationToken);
        }

        var position = cursor.Position;
        for (var read = 0; ;)
        {
            var (feed, _) = await questions.AskAsync<Feed>(
                authority, clients.CreateClient(AuthoritySetup.ClientOf(authority)), $"{authority.Issuer}/v1/changes", new { after = position, take = Batch }, cancellationToken);
            var told = feed.Statements ?? [];
            foreach (var statement in told)
            {
                position = await EnterAsync(authority, statement, position, cancellationToken);
            }

            read += told.Count;
            await MoveAsync(authority, position, told.Count < Batch, cancellationToken);
            if (told.Count < Batch)
            {
                return read;
            }
        }
    }

    /// <returns>The place of the change.</returns>
    private async Task<long> EnterAsync(Authority authority, string statement, long after, CancellationToken cancellationToken)
    {
        var (change, refusal) = await statements.ReadAsync(authority, statement);
        if (change is null || change.Number <= after)
        {
            log.LogError("The feed of {Authority} is not believed: {Refusal}", authority.Issuer, refusal ?? "order");
            throw authority.Unavailable.Exception();
        }

        if (await book.EnterAsync(authority, change, statement, "feed", cancellationToken) == SourceChangeBook.Refused)
        {
            log.LogError("Change {Number} in the feed of {Authority} is not sound and was passed over", change.Number, authority.Issuer);
        }

        return change.Number;
    }

    /// <summary>Forward only: another node may be further.</summary>
    private async Task MoveAsync(Authority authority, long position, bool end, CancellationToken cancellationToken)
    {
        DateTimeOffset? now = end ? time.GetUtcNow() : null;
        await database.SourceCursors.Where(c => c.Authority == authority.Issuer && c.Position <= position)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Position, position).SetProperty(x => x.ReachedEndAt, x => now ?? x.ReachedEndAt), cancellationToken);
    }

    private async Task EndAsync(Authority authority, CancellationToken cancellationToken)
    {
        DateTimeOffset? now = time.GetUtcNow();
        await database.SourceCursors.Where(c => c.Authority == authority.Issuer).ExecuteUpdateAsync(c => c.SetProperty(x => x.ReachedEndAt, now), cancellationToken);
    }

    /// <summary>Organisations of a release that did not ask the register of organisation codes yet are asked for now, so that they keep their level.</summary>
    private async Task CompleteCodesAsync(CancellationToken cancellationToken)
    {
        if (!keys.Knows(CodeRegister.Self))
        {
            return;
        }

        var lacking = await database.Organisations.AsNoTracking()
            .Where(o => o.EndedAt == null && !database.Evidence.Any(e => e.SubjectId == o.Id && e.Kind == EvidenceKinds.OrganisationCodeMatch))
            .OrderBy(o => o.Id).Take(MostCodesAtOnce).ToListAsync(cancellationToken);
        foreach (var organisation in lacking)
        {
            try
            {
                await sources.AddAsync(organisation.Id, OrganisationAnswers.CodeFacts, await checks.CodeAsync(organisation.Uscc, organisation.Name, cancellationToken), cancellationToken);
                await database.SaveChangesAsync(cancellationToken);
            }
            catch (ProblemException)
            {
                return;
            }
        }
    }

    private sealed record Feed(IReadOnlyList<string>? Statements);
}
