using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>What an official does at a window, whether the console's page or an API asks for it: each act noted in the audit, also when it is refused. The caller has asked for the role.</summary>
internal sealed class CounterDesk(
    IdentityContext database, PersonalData personal, CounterLookups lookups, PopulationRegister population, StandingAnswers standing, GradeReader grades, WaitingRecoveries waiting, AccountFreezing freezing, SessionStore sessions, INotices notices, IAuditTrail audit,
    IOptions<RecoverySettings> recovery, TimeProvider time)
{
    private const string SeenMethod = "document-at-window";

    /// <summary>The person and the ID card were seen: evidence for the level intermediate.</summary>
    /// <exception cref="ProblemException">No level of the hall, no account, another name, a dispute.</exception>
    public async Task<(Evidence Evidence, AssuranceLevel Level)> VerifyAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        var method = visit.Method(SeenMethod);
        var person = await FindAsync(visit, cancellationToken);
        var entry = Entry("person.counter", person.Id, visit, new { hall = visit.Hall, window = visit.Window, visit.HallLevel });
        if (person.Name != visit.Name)
        {
            await RefuseAsync(entry, CounterProblems.NameDiffers, cancellationToken);
        }

        return await EnterAsync(SubjectKind.Person, person.Id, person.Id, visit, method, ["idNumber", "name"], entry, cancellationToken);
    }

    /// <summary>The legal representative came with the organisation's certificate of registration.</summary>
    /// <exception cref="ProblemException">No level of the hall, no credit code, not registered by this representative, frozen, another name, a dispute.</exception>
    public async Task<(Evidence Evidence, AssuranceLevel Level)> VerifyOrganisationAsync(CounterVisit visit, string? uscc, CancellationToken cancellationToken)
    {
        var method = visit.Method("representative-and-documents");

        // Before any comparison in the database: an API's caller may send what no column takes.
        if (!UnifiedSocialCreditCode.TryParse(uscc, out var code))
        {
            throw CounterProblems.BadUscc.Exception();
        }

        var (indexes, number) = (personal.Indexes(Purposes.IdNumber, visit.IdNumber), code.Value);
        var organisation = await lookups.FindAsync(
            visit.OfficialId, visit.OfficialName,
            () => database.Organisations.AsNoTracking().Include(o => o.LegalRepresentative)
                .FirstOrDefaultAsync(o => o.Uscc == number && o.EndedAt == null && indexes.Contains(o.LegalRepresentative!.IdNumberIndex), cancellationToken),
            o => o.Id, cancellationToken) ?? throw CounterProblems.OrganisationUnknown.Exception();
        var entry = Entry("organisation.counter", organisation.Id, visit, new { visit.Hall, visit.Window, visit.HallLevel });
        if (OneName.Is(organisation.LegalRepresentative!.Name, visit.OfficialName))
        {
            await RefuseAsync(entry, CounterProblems.OwnMatter, cancellationToken);
        }

        if (organisation.FrozenAt is not null)
        {
            await RefuseAsync(entry, FrozenOrganisation.Problem, cancellationToken);
        }

        await CheckDisputeAsync(organisation.LegalRepresentativeId, entry, cancellationToken);
        if (organisation.LegalRepresentative.Name != visit.Name)
        {
            await RefuseAsync(entry, CounterProblems.NameDiffers, cancellationToken);
        }

        return await EnterAsync(SubjectKind.Organisation, organisation.Id, organisation.LegalRepresentativeId, visit, method, ["uscc", "legalRepresentative"], entry, cancellationToken);
    }

    /// <summary>The name now on the ID card, asked of the population library.</summary>
    /// <returns>The new match.</returns>
    /// <exception cref="ProblemException">No level of the hall, no account, no change, the library does not agree, a dispute.</exception>
    public async Task<Evidence> ChangeNameAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        var method = visit.Method(SeenMethod);
        var known = await standing.KnownAsync([visit.IdNumber], cancellationToken);
        var person = await FindAsync(visit, cancellationToken);
        if (person.Name == visit.Name)
        {
            throw CounterProblems.NameUnchanged.Exception();
        }

        var now = time.GetUtcNow();
        var answer = await population.CheckAsync(visit.IdNumber, visit.Name, person.Sex, person.Ethnicity, cancellationToken);
        var entry = Entry("person.nameChanged", person.Id, visit, new { visit.Hall, visit.Window, visit.HallLevel, answer.Receipt });
        if (!answer.Agrees)
        {
            await RefuseAsync(entry, CounterProblems.Disagrees, cancellationToken);
        }

        await using var transaction = await TakeTurnAsync(person.Id, entry, cancellationToken);
        if (!await standing.StandsAsync(PopulationRegister.Self.Issuer, answer.Receipt, known, cancellationToken))
        {
            await RefuseAsync(entry, StandingAnswers.Changed, cancellationToken);
        }

        var current = await CurrentEvidence.OfAsync(database, person.Id, cancellationToken);
        var match = EvidenceRecords.New(
            person.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", now, matched: ["idNumber", "name", "sex", "ethnicity"], reference: answer.Receipt,
            supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch)?.Id);
        EvidenceReceipt.Attach(match, personal, answer.Signed);
        database.Evidence.AddRange(match, Seen(person.Id, visit, method, current, now));
        database.Evidence.AddRange(FormerName.Withdrawals(current, visit.OfficialId, now));
        person.Rename(visit.Name, personal);
        notices.Add(person.Id, NoticeKinds.NameChanged);
        audit.Add(entry);

        // Whatever was asked with the former name and is still under way finds it as news, as it finds a register's report.
        database.SourceEvents.Add(new SourceEvent
        {
            Id = $"counter:{match.Id:N}",
            Kind = "counter-name",
            Subject = SourceChangeBook.SubjectOf(personal, visit.IdNumber),
            Outcome = "corrected",
            Via = "counter",
            DoneAt = time.GetUtcNow(),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return match;
    }

    /// <summary>The owner of an account that was frozen by its owner's wish has come. What others froze it for stands on.</summary>
    /// <returns>Whether the account is free now; else another reason still freezes it.</returns>
    /// <exception cref="ProblemException">No account, another name, not frozen by its owner, a dispute about the account or its phone.</exception>
    public async Task<bool> UnfreezeAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        var person = await FindAsync(visit, cancellationToken);
        var refused = Entry("account.unfreeze", person.Id, visit, new { reason = "counter", visit.Hall, visit.Window });
        if (person.Name != visit.Name)
        {
            await RefuseAsync(refused, CounterProblems.NameDiffers, cancellationToken);
        }

        var (free, refusal) = await LiftAsync(person.Id, visit, cancellationToken);
        if (refusal is not null)
        {
            // After the transaction, which has nothing to keep: the record is all that is left of it.
            await RefuseAsync(refused, refusal, cancellationToken);
        }

        return free;
    }

    /// <returns>Whether the account is free now, or why nothing was lifted.</returns>
    private async Task<(bool Free, Problem? Refusal)> LiftAsync(Guid account, CounterVisit visit, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var standing = await freezing.StandingAsync(account, cancellationToken);
        var own = standing.Where(FreezeRights.AtCounter).ToList();
        var refusal = standing.Any(f => f.Kind == FreezeKind.Dispute) ? CounterProblems.Disputed
            // With a disputed phone the account would wake as whoever changed the number has it: the ticket asks for a phone, a password and factors anew.
            : standing.Any(f => f.Kind == FreezeKind.FormerPhone) ? CounterProblems.PhoneDisputed
            : own.Count == 0 ? CounterProblems.NotFrozen : null;
        if (refusal is not null)
        {
            return (false, refusal);
        }

        var free = await freezing.LiftAsync(account, own, new Lifting("counter", visit.OfficialId, visit.OfficialName, new { visit.Hall, visit.Window }), cancellationToken);
        if (free)
        {
            notices.Add(account, NoticeKinds.Unfrozen);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (free, null);
    }

    /// <summary>The last path back into an account: a ticket that works once. It raises nobody until it is spent, and whoever is in the account, or on the way there, is out of it at once.</summary>
    /// <exception cref="ProblemException">No level of the hall, which what comes of the ticket will name; no account, another name, a dispute.</exception>
    public async Task<(string Ticket, DateTimeOffset Until)> GiveTicketAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        var method = visit.Method(SeenMethod);
        var person = await FindAsync(visit, cancellationToken);
        var (now, ticket) = (time.GetUtcNow(), RecoveryTickets.New());
        var until = now.AddHours(recovery.Value.TicketHours);
        var entry = Entry("recovery.ticket", person.Id, visit, new { hall = visit.Hall, window = visit.Window, visit.HallLevel, until });
        if (person.Name != visit.Name)
        {
            await RefuseAsync(entry, CounterProblems.NameDiffers, cancellationToken);
        }

        await using var transaction = await TakeTurnAsync(person.Id, entry, cancellationToken);
        await waiting.EndAsync(person.Id, "ticket", visit.OfficialId, cancellationToken);
        var stamp = Guid.NewGuid().ToString();
        await database.Users.Where(a => a.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.SecurityStamp, stamp), cancellationToken);
        await database.RecoveryRequests.Where(r => r.AccountId == person.Id && r.State == RecoveryState.Ticket)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Cancelled).SetProperty(r => r.EndedAt, now), cancellationToken);
        database.RecoveryRequests.Add(new RecoveryRequest
        {
            Id = Guid.CreateVersion7(now),
            AccountId = person.Id,
            State = RecoveryState.Ticket,
            Proof = "counter",
            SeenBy = visit.OfficialId,
            SeenWhere = visit.Where,
            SeenMethod = method,
            SecretHash = RecoveryTickets.Hash(personal, ticket),
            CreatedAt = now,
            DueAt = until,
        });
        notices.Add(person.Id, NoticeKinds.TicketGiven);
        audit.Add(entry);
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(person.Id, EndReasons.TicketGiven, except: null, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (ticket, until);
    }

    private async Task<Person> FindAsync(CounterVisit visit, CancellationToken cancellationToken)
    {
        var indexes = personal.Indexes(Purposes.IdNumber, visit.IdNumber);
        var person = await lookups.FindAsync(
            visit.OfficialId, visit.OfficialName, () => database.Persons.FirstOrDefaultAsync(p => indexes.Contains(p.IdNumberIndex), cancellationToken), p => p.Id, cancellationToken) ??
            throw CounterProblems.NotRegistered.Exception();
        var refused = Entry("counter.refused", person.Id, visit, new { visit.Hall, visit.Window });
        if (OneName.Is(person.Name, visit.OfficialName))
        {
            await RefuseAsync(refused, CounterProblems.OwnMatter, cancellationToken);
        }

        await CheckDisputeAsync(person.Id, refused, cancellationToken);
        return person;
    }

    /// <summary>While it is open whose account it is, nobody is proved to be its owner.</summary>
    private async Task CheckDisputeAsync(Guid account, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (await database.Disputes.AnyAsync(d => d.AccountId == account && d.State == DisputeState.Open, cancellationToken))
        {
            await RefuseAsync(entry, CounterProblems.Disputed, cancellationToken);
        }
    }

    /// <summary>Begins what an act writes. In the turn the dispute is asked for again: it may have been opened since, above all while a register was waited for.</summary>
    private async Task<IDbContextTransaction> TakeTurnAsync(Guid account, AuditEntry entry, CancellationToken cancellationToken)
    {
        var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await CheckDisputeAsync(account, entry, cancellationToken);
        return transaction;
    }

    /// <summary>The account is that of the person at the window: the subject's own, or of the organisation's representative.</summary>
    private async Task<(Evidence Evidence, AssuranceLevel Level)> EnterAsync(
        SubjectKind kind, Guid subject, Guid account, CounterVisit visit, string method, IReadOnlyList<string> matched, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var transaction = await TakeTurnAsync(account, entry, cancellationToken);
        if (kind == SubjectKind.Organisation && await database.Organisations.AnyAsync(o => o.Id == subject && o.FrozenAt != null, cancellationToken))
        {
            await RefuseAsync(entry, FrozenOrganisation.Problem, cancellationToken);
        }

        var former = await database.Evidence.AsNoTracking()
            .Where(e => e.SubjectId == subject && e.Kind == EvidenceKinds.Counter && e.State == EvidenceState.Active).OrderByDescending(e => e.VerifiedAt).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(cancellationToken);
        var now = time.GetUtcNow();
        var evidence = EvidenceRecords.New(subject, EvidenceKinds.Counter, "counter", method, visit.OfficialId, now, now.AddYears(5), matched, visit.Where, former);
        database.Evidence.Add(evidence);
        audit.Add(entry);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (evidence, (await grades.OfAsync(kind, subject, cancellationToken)).Level);
    }

    private static Evidence Seen(Guid person, CounterVisit visit, string method, IReadOnlyList<Evidence> current, DateTimeOffset now) => EvidenceRecords.New(
        person, EvidenceKinds.Counter, "counter", method, visit.OfficialId, now, now.AddYears(5), ["idNumber", "name"], visit.Where,
        current.LastOrDefault(e => e.Kind == EvidenceKinds.Counter)?.Id);

    private static AuditEntry Entry(string action, Guid subject, CounterVisit visit, object details) => new(action, subject.ToString(), visit.OfficialId, visit.OfficialName, details);

    private async Task RefuseAsync(AuditEntry entry, Problem problem, CancellationToken cancellationToken)
    {
        audit.Add(entry with { Result = problem.Code });
        await database.SaveChangesAsync(cancellationToken);
        if (database.Database.CurrentTransaction is not null)
        {
            // Refused in the turn: the record is all that is left of the act.
            await database.Database.CommitTransactionAsync(CancellationToken.None);
        }

        throw problem.Exception();
    }
}
