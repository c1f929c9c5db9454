using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// What follows when an authority takes an answer back: the evidence that rests on it carries nothing from now on, so the level falls to what is left. An answer that a newer
/// one has replaced carries nothing already.
/// </summary>
internal sealed class WithdrawnAnswers(IdentityContext database, IServiceScopeFactory scopes, WaitingRecoveries waiting, INotices notices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>One receipt, one record; a source that gave one number twice takes both back. What a city handed over is the city's word (<c>import:</c>) and is not reached by a receipt.</summary>
    private const int Most = 20;

    private static readonly Problem NotReady = new("identity.sourceEvent.notReady", 503, "正在整理以前的核验记录，请稍后重新提交。", "Earlier records are being looked through; please send it again in a moment.");

    /// <summary>
    /// Before the transaction that enters the withdrawal: what can be named only by opening receipts is named now, and not only at night, because this word comes once. In a scope of its own and
    /// outside of the turn, for it may take long, and what it did stays done.
    /// </summary>
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException">It is not at its end: the withdrawal would be taken for one of nobody's answer. Push and feed say it again.</exception>
    public async Task PrepareAsync(Authority authority, CancellationToken cancellationToken)
    {
        if (authority != PopulationRegister.Self)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<FaceReferences>().RunDueAsync(cancellationToken))
        {
            throw NotReady.Exception();
        }
    }

    public async Task<string> WithdrawAsync(Authority authority, SourceChange change, CancellationToken cancellationToken)
    {
        var found = await FoundAsync(authority, change.Receipt!, cancellationToken);
        if (found.Count == 0)
        {
            return SourceChangeBook.Nobody;
        }

        var now = time.GetUtcNow();
        var (withdrawn, toTell) = (0, new Dictionary<Guid, string?>());
        foreach (var group in found.GroupBy(f => f.SubjectId, f => f.Id))
        {
            var standing = await EvidenceWithdrawal.StandingAsync(database, group.Key, cancellationToken);
            foreach (var record in standing.Where(e => group.Contains(e.Id)))
            {
                database.Evidence.Add(EvidenceRecords.Withdrawal(record, EvidenceState.Revoked, SourceChangeKinds.Withdrawn, authority.Issuer, now));
                withdrawn++;
                if (record.Kind == EvidenceKinds.TransactionProof)
                {
                    // What was confirmed with it and not done yet is not confirmed any more.
                    await database.PresenceProofs.Where(p => p.AccountId == record.SubjectId && p.EvidenceId == record.Id && p.SpentAt == null && p.ValidUntil > now)
                        .ExecuteUpdateAsync(p => p.SetProperty(x => x.ValidUntil, now), cancellationToken);
                }

                if (record.Kind == EvidenceKinds.PhoneCode && standing.Last(e => e.Kind == EvidenceKinds.PhoneCode).Id == record.Id)
                {
                    await FreePhoneAsync(authority, record.SubjectId, cancellationToken);
                }
                else if (await ToTellAsync(record.SubjectId, cancellationToken) is { } told)
                {
                    toTell[told.Person] = told.Organisation;
                }
            }
        }

        foreach (var (person, organisation) in toTell)
        {
            SourceNotice.Add(database, $"{authority.Issuer}:{change.Id}", person, SourceNotice.AnswerWithdrawn, now, organisation);
        }

        return withdrawn > 0 ? "withdrawn" : "unchanged";
    }

    /// <summary>The records that rest on an answer of this authority with this number.</summary>
    private async Task<List<Named>> FoundAsync(Authority authority, string receipt, CancellationToken cancellationToken)
    {
        var sources = SourcesOf(authority);
        var ofPopulation = authority == PopulationRegister.Self;
        var answers = database.Evidence.AsNoTracking().Where(e => e.State == EvidenceState.Active && e.Result == EvidenceResult.Agreed);

        // The match of a legal representative is filed under the register that named him, but its receipt is the population library's: that one may take it back, and the register not.
        answers = ofPopulation
            ? answers.Where(e => sources.Contains(e.Source) || (e.Kind == EvidenceKinds.LegalRepresentativeMatch && e.Method == OrganisationAnswers.RepresentativeMethod))
            : answers.Where(e => sources.Contains(e.Source) && !(e.Kind == EvidenceKinds.LegalRepresentativeMatch && e.Method == OrganisationAnswers.RepresentativeMethod));
        var found = await answers.Where(e => e.ReferenceAtSource == receipt).OrderBy(e => e.Id).Take(Most).Select(e => new Named(e.Id, e.SubjectId)).ToListAsync(cancellationToken);
        if (ofPopulation)
        {
            var noted = await database.EvidenceReferences.Where(r => r.Reference == receipt).OrderBy(r => r.EvidenceId).Take(Most).Select(r => r.EvidenceId).ToListAsync(cancellationToken);
            found.AddRange(await answers.Where(e => noted.Contains(e.Id)).Select(e => new Named(e.Id, e.SubjectId)).ToListAsync(cancellationToken));
        }

        return found;
    }

    /// <summary>The number is another's now, and the account has proved no newer one: no code and no message of this account may reach them. The owner is told on their own page.</summary>
    private async Task FreePhoneAsync(Authority authority, Guid person, CancellationToken cancellationToken)
    {
        if (await database.Persons.FirstOrDefaultAsync(p => p.Id == person, cancellationToken) is { HasPhone: true } holder)
        {
            holder.PhoneIndex = Person.NoPhone + holder.Id;
            // A recovery that was begun by that number, waiting or still being filled in, is its new holder's.
            await waiting.EndAsync(holder.Id, "phone-reassigned", actor: null, cancellationToken);
            var stamp = Guid.NewGuid().ToString();
            await database.Users.Where(a => a.Id == holder.Id).ExecuteUpdateAsync(a => a.SetProperty(x => x.SecurityStamp, stamp), cancellationToken);
            notices.Add(holder.Id, NoticeKinds.PhoneReassigned);
            audit.Add(new AuditEntry("person.phoneReassigned", holder.Id.ToString(), authority.Issuer));
        }
    }

    /// <summary>The person, or who represents the organisation now, with its name; nobody while that rests.</summary>
    private async Task<(Guid Person, string? Organisation)?> ToTellAsync(Guid subject, CancellationToken cancellationToken)
    {
        if (await database.Organisations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == subject, cancellationToken) is not { } organisation)
        {
            return (subject, null);
        }

        return organisation.EndedAt is null ? (organisation.LegalRepresentativeId, organisation.Name) : null;
    }

    /// <summary>How evidence of its answers names it. A face that was compared here rests on the population library's photo.</summary>
    private static List<string> SourcesOf(Authority authority) =>
        authority == BankCardNetwork.Self ? [BankCardNetwork.Source]
        : authority == PhoneOwners.Self ? [PhoneOwners.Source]
        : authority == PopulationRegister.Self ? [authority.Issuer, LocalRealPerson.Name]
        : [authority.Issuer];

    private sealed record Named(Guid Id, Guid SubjectId);
}
