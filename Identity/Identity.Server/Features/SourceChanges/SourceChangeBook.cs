using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// Does what follows from a reported change, once, in one transaction with the mark that it was done: told twice, by push and by feed, or by two nodes at once, it is
/// still one. An older change of the same kind that comes late changes nothing.
/// </summary>
internal sealed class SourceChangeBook(
    IdentityContext database, PersonalData personal, PersonChanges persons, OrganisationAtSource organisations, WithdrawnAnswers answers, IAuditTrail audit, TimeProvider time)
{
    public const string Refused = "refused";
    public const string Overtaken = "overtaken";
    public const string Nobody = "nobody";
    private const int LongestKind = 60;

    /// <param name="authority">Who told.</param>
    /// <param name="change">What changed.</param>
    /// <param name="statement">As it was signed: the receipt of evidence that follows.</param>
    /// <param name="via"><c>push</c> or <c>feed</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What came of it, now or the first time.</returns>
    public async Task<string> EnterAsync(Authority authority, SourceChange change, string statement, string via, CancellationToken cancellationToken)
    {
        var id = SourceChangeKinds.HasSoundId(change) ? $"{authority.Issuer}:{change.Id}" : string.Create(CultureInfo.InvariantCulture, $"{authority.Issuer}:#{change.Number}");
        var isSound = SourceChangeKinds.IsSound(authority, change);
        if (await OutcomeAsync(id, cancellationToken) is { } done && !(done == Refused && isSound))
        {
            return done;
        }

        if (change.Kind == SourceChangeKinds.Withdrawn)
        {
            await answers.PrepareAsync(authority, cancellationToken);
        }

        try
        {
            await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
            await AuditChain.TakeTurnAsync(database, cancellationToken);

            // An earlier release may have refused what this one knows: it is done when it is told again.
            var former = await database.SourceEvents.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken);
            if (former is not null && !(former.Outcome == Refused && isSound))
            {
                return former.Outcome;
            }

            var mark = former ?? new SourceEvent
            {
                Id = id,
                Kind = change.Kind is { Length: <= LongestKind } kind && TypedText.IsSound(kind) ? kind : "",
                // Whom it names is believed only if the authority may speak of them: else one could outdo what another has yet to say.
                Subject = SubjectOf(personal, id),
                Number = change.Number,
                Outcome = Refused,
                Via = via,
                DoneAt = time.GetUtcNow(),
            };
            if (isSound)
            {
                // Of one that was refused before, all that it says now.
                (mark.Kind, mark.Number) = (change.Kind!, change.Number);
                mark.Subject = SubjectOf(personal, change.IdNumber ?? change.Uscc ?? SourceNews.OfAnswer(authority.Issuer, change.Receipt));
                mark.Outcome = await IsOvertakenAsync(mark, cancellationToken) ? Overtaken : await FollowAsync(authority, change, statement, cancellationToken);

                // In the turn, and as late as can be: a check that a former release began, in the turn too, asks for what is later than its beginning.
                mark.DoneAt = time.GetUtcNow();
            }

            if (former is null)
            {
                database.SourceEvents.Add(mark);
            }
            else
            {
                database.SourceEvents.Update(mark);
            }

            audit.Add(new AuditEntry("source.change", id, authority.Issuer, Details: new { mark.Kind, via, mark.Outcome }));
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return mark.Outcome;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another request or node did it in this moment; ours was rolled back whole.
            database.ChangeTracker.Clear();
            return await OutcomeAsync(id, cancellationToken) ?? throw new InvalidOperationException("A change collides with something else.", e);
        }
    }

    /// <summary>Keyed hash of whom or what a change is about.</summary>
    public static string SubjectOf(PersonalData personal, string number) => personal.PassingIndex(Purposes.IdNumber, number);

    private Task<string?> OutcomeAsync(string id, CancellationToken cancellationToken) =>
        database.SourceEvents.AsNoTracking().Where(e => e.Id == id).Select(e => e.Outcome).FirstOrDefaultAsync(cancellationToken);

    private Task<bool> IsOvertakenAsync(SourceEvent mark, CancellationToken cancellationToken) =>
        database.SourceEvents.AnyAsync(e => e.Subject == mark.Subject && e.Kind == mark.Kind && e.Number > mark.Number && e.Outcome != Refused, cancellationToken);

    private Task<string> FollowAsync(Authority authority, SourceChange change, string statement, CancellationToken cancellationToken) => change.Kind switch
    {
        SourceChangeKinds.Deceased => persons.DeceasedAsync(change, cancellationToken),
        SourceChangeKinds.NameChanged when change.Uscc is not null => organisations.NameChangedAsync(authority, change, statement, cancellationToken),
        SourceChangeKinds.NameChanged => persons.NameChangedAsync(authority, change, statement, cancellationToken),
        SourceChangeKinds.Dissolved => organisations.DissolvedAsync(change, cancellationToken),
        SourceChangeKinds.Withdrawn => answers.WithdrawAsync(authority, change, cancellationToken),
        _ => organisations.RepresentativeChangedAsync(authority, change, statement, cancellationToken),
    };
}
