using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What a recovery changes.</summary>
/// <param name="AccountId">Whose.</param>
/// <param name="PasswordHash">Of the new password.</param>
/// <param name="NewPhone">A proved number in place of the account's own; null: the own one was proved.</param>
/// <param name="KeepsLevel">Whether two of the account's own factors were shown, as at a sign-in; else evidence that was not shown again is superseded.</param>
/// <param name="DropsSecondFactor">Whether the second factor is taken off, and every passkey with it: whoever had the account may have added one.</param>
/// <param name="Receipt">Of the population library, when the recovery began; null: it was not asked. What becomes evidence is asked when it takes effect (<see cref="RecoveryQuestions"/>).</param>
/// <param name="Proof">What was shown, for the audit.</param>
/// <param name="SecurityStamp">Of the account when the recovery began: nothing is changed when it was secured anew since. Null for a request of an earlier release.</param>
/// <param name="Ethnicity">As typed, for an account that knows none (a city may have handed it over without); null after a wait, over which it is not kept.</param>
internal sealed record RecoveryChange(
    Guid AccountId, string PasswordHash, string? NewPhone, bool KeepsLevel, bool DropsSecondFactor, string? Receipt, string Proof, string? SecurityStamp, string? Ethnicity = null);

/// <summary>Carries out recoveries, at once or after the waiting period. The account is never at a higher level afterwards than what was shown.</summary>
internal sealed class Recoveries(
    IdentityContext database, PersonalData personal, IPasswordHasher<Account> hasher, RecoveryQuestions questions, PhoneMoves phones, WaitingRecoveries waiting, AccountFreezing freezing,
    SessionStore sessions, INotices notices, IAuditTrail audit, IOptions<RecoverySettings> settings, TimeProvider time)
{
    /// <summary>Evidence that a recovery shows again; what rests on anything else is superseded.</summary>
    private static readonly string[] Reproved = [EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode, EvidenceKinds.Password, EvidenceKinds.Passkey, EvidenceKinds.Dispute];

    public string Hash(Account account, string password) => hasher.HashPassword(account, password);

    /// <summary>How long the change has to wait; null: it happens at once.</summary>
    public TimeSpan? WaitFor(bool guarded, bool furtherShown, bool replaces) => (guarded, furtherShown, replaces) switch
    {
        (_, _, true) => TimeSpan.FromHours(settings.Value.LongWaitHours),
        (true, false, _) => TimeSpan.FromHours(settings.Value.WaitHours),
        _ => null,
    };

    /// <summary>Puts the change off. The owner hears of it on every channel and can stop it; an earlier one is replaced.</summary>
    /// <returns>False when the account was handed over or secured anew since the recovery began: nothing waits.</returns>
    public async Task<bool> WaitAsync(RecoveryChange change, TimeSpan wait, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (!await database.Users.AnyAsync(a => a.Id == change.AccountId && a.SecurityStamp == change.SecurityStamp, cancellationToken))
        {
            return false;
        }

        foreach (var earlier in await database.RecoveryRequests.Where(r => r.AccountId == change.AccountId && r.State == RecoveryState.Waiting).ToListAsync(cancellationToken))
        {
            (earlier.State, earlier.EndedAt) = (RecoveryState.Cancelled, now);
        }

        var request = new RecoveryRequest
        {
            Id = Guid.CreateVersion7(now),
            AccountId = change.AccountId,
            State = RecoveryState.Waiting,
            Proof = change.Proof,
            PasswordHash = change.PasswordHash,
            NewPhoneCipher = change.NewPhone is null ? null : personal.ProtectFor(change.AccountId, Purposes.Phone, change.NewPhone),
            DropsSecondFactor = change.DropsSecondFactor,
            PopulationReceipt = change.Receipt,
            SecurityStamp = change.SecurityStamp,
            SecretHash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            CreatedAt = now,
            DueAt = now + wait,
        };
        database.RecoveryRequests.Add(request);
        database.Add(OutboxMessage.Create(RecoveryWork.KindName, request.Id, request.Id.ToString(), now, wait));
        notices.Add(change.AccountId, NoticeKinds.RecoveryStarted, stops: request.Id);
        audit.Add(new AuditEntry("recovery.started", change.AccountId.ToString(), ActorId: null, Details: new { change.Proof, request.DueAt }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>
    /// Of several nodes, or an owner who cancels in the same moment, one wins. While an authority cannot be asked the recovery goes on waiting, and can still be stopped; one that does not agree any
    /// more ends it.
    /// </summary>
    public async Task FinishAsync(Guid requestId, CancellationToken cancellationToken)
    {
        var request = await database.RecoveryRequests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == requestId, cancellationToken);
        if (request is not { State: RecoveryState.Waiting, PasswordHash: not null })
        {
            return;
        }

        var change = new RecoveryChange(
            request.AccountId, request.PasswordHash, request.NewPhoneCipher is null ? null : personal.Unprotect(Purposes.Phone, request.NewPhoneCipher), KeepsLevel: false,
            request.DropsSecondFactor, request.PopulationReceipt, request.Proof, request.SecurityStamp);
        try
        {
            // Of one that is frozen by now nobody is asked, nor told by message: the dead are not notified.
            if ((await freezing.StandingAsync(request.AccountId, cancellationToken)).Count == 0 && await ApplyAsync(change, requestId, asker: null, cancellationToken))
            {
                return;
            }
        }
        catch (ProblemException e) when (e.Problem == RecoveryQuestions.Disagrees || e.Problem == PhoneOwnerStep.NotOwner)
        {
            await CancelAsync(request.AccountId, "not-confirmed", actor: null, cancellationToken, requestId, NoticeKinds.RecoveryRefused);
            return;
        }

        // The new phone went to another account meanwhile, or the account was frozen or secured anew: what cannot be done is not left waiting.
        await CancelAsync(request.AccountId, "not-possible", actor: null, cancellationToken, requestId);
    }

    /// <param name="change">What is changed.</param>
    /// <param name="requestId">The request behind it; null: it happens at once.</param>
    /// <param name="asker">The form whose questions to authorities are counted; null where nobody waits for the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the new phone belongs by now to another account in use, the account was secured anew, or the request behind it is no longer open: nothing was changed.</returns>
    /// <exception cref="ProblemException">An authority does not agree, cannot be asked, or reported something since it answered: nothing was changed either.</exception>
    public async Task<bool> ApplyAsync(RecoveryChange change, Guid? requestId, Guid? asker, CancellationToken cancellationToken)
    {
        // Before the turn, for which everybody else would wait as long.
        var answers = await questions.AskAsync(change, asker, cancellationToken);
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var request = requestId is null ? null : await database.RecoveryRequests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == requestId, cancellationToken);
        if (requestId is not null && await database.RecoveryRequests
            .Where(r => r.Id == requestId && r.AccountId == change.AccountId && (r.State == RecoveryState.Waiting || (r.State == RecoveryState.Ticket && r.DueAt > now)))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Done).SetProperty(r => r.EndedAt, now).SetProperty(r => r.PasswordHash, (string?)null), cancellationToken) == 0)
        {
            return false;
        }

        var account = await database.Users.Include(a => a.Person).FirstAsync(a => a.Id == change.AccountId, cancellationToken);
        var ticket = request is { State: RecoveryState.Ticket } ? request : null;
        // Whoever froze it for a stolen phone does not lose it to whoever has the phone: two factors of its own, or an official's ticket.
        // An account that a dispute gave to its rightful holder has no factors: there it is the ticket alone.
        // Where the phone itself is disputed, its factors prove nothing: the ticket alone, too, with which a phone is proved anew.
        var standing = await freezing.StandingAsync(account.Id, cancellationToken);
        var lifts = standing.Where(f => ticket is not null ? FreezeRights.ByTicket(f) : change.KeepsLevel && FreezeRights.ByOwnFactors(f)).ToList();
        // What officials froze stands on, and a ticket secures the account all the same before they lift it; a dispute and a death let nobody in.
        var shut = standing.Except(lifts).Any(f => ticket is null || f.Kind != FreezeKind.Officials);
        // A ticket is void when its own row says so; else a thief in the account could break the recovery of its owner, who was seen at a counter.
        var stale = ticket is null && change.SecurityStamp is { } stamp && account.SecurityStamp != stamp;
        if (stale || account.ClosedAt is not null || shut)
        {
            return false;
        }

        if (answers is not null && await questions.AreOvertakenAsync(answers, account.Person!, cancellationToken))
        {
            throw RecoveryQuestions.ChangedMeanwhile.Exception();
        }

        if (change.NewPhone is { } phone && !await phones.MoveAsync(account.Person!, phone, answers?.PhoneOwner, "recovery", cancellationToken, formerHears: ticket is null))
        {
            return false;
        }

        // Whatever else waits was begun before the account was secured: a thief's recovery does not outlast the owner's.
        await waiting.EndAsync(account.Id, "recovery", actor: null, cancellationToken);
        await ReproveAsync(account, change, ticket, answers, now, cancellationToken);
        if (await freezing.LiftAsync(account.Id, lifts, new Lifting("recovery", By: null, Details: new { change.Proof }), cancellationToken))
        {
            notices.Add(account.Id, NoticeKinds.Unfrozen);
        }

        account.PasswordHash = change.PasswordHash;
        account.PasswordChangedAt = now;
        account.SecurityStamp = Guid.NewGuid().ToString();
        if (change.DropsSecondFactor)
        {
            account.TwoFactorEnabled = false;
            database.AuthenticatorApps.RemoveRange(await database.AuthenticatorApps.Where(a => a.AccountId == account.Id).ToListAsync(cancellationToken));
            database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account.Id).ToListAsync(cancellationToken));
            database.UserPasskeys.RemoveRange(await database.UserPasskeys.Where(p => p.UserId == account.Id).ToListAsync(cancellationToken));
            database.PasskeyUses.RemoveRange(await database.PasskeyUses.Where(u => u.AccountId == account.Id).ToListAsync(cancellationToken));
        }

        // Wrong passwords were counted against the former one: whoever kept the name blocked by them does not shut the owner out.
        await SignIn.SignInKeys.ForgetAsync(database, personal, account.Id, cancellationToken);
        notices.Add(account.Id, change.DropsSecondFactor ? NoticeKinds.RecoveredAnew : NoticeKinds.RecoveryDone);
        audit.Add(new AuditEntry("recovery.done", account.Id.ToString(), ActorId: null, Details: new { change.Proof, change.KeepsLevel, change.DropsSecondFactor, phone = change.NewPhone is not null }));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account.Id, EndReasons.Recovered, except: null, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <param name="accountId">Whose.</param>
    /// <param name="by">For the audit: <c>session</c>, <c>link</c>, <c>not-possible</c>, <c>not-confirmed</c>.</param>
    /// <param name="actor">Who is signed in; null: nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="only">The one recovery that a link names; none: whichever waits, by a session of the owner's.</param>
    /// <param name="notice">How the owner hears of it.</param>
    /// <returns>False when none waited.</returns>
    public async Task<bool> CancelAsync(
        Guid accountId, string by, string? actor, CancellationToken cancellationToken, Guid? only = null, string notice = NoticeKinds.RecoveryCancelled)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (!await waiting.EndAsync(accountId, by, actor, cancellationToken, only, notice))
        {
            return false;
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task ReproveAsync(Account account, RecoveryChange change, RecoveryRequest? ticket, RecoveryAnswers? answers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var current = await CurrentEvidence.OfAsync(database, account.Id, cancellationToken);
        database.Evidence.Add(EvidenceRecords.New(
            account.Id, EvidenceKinds.Password, "person", EvidenceKinds.Password, "identity", now, supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.Password)?.Id));
        if (change.DropsSecondFactor)
        {
            database.Evidence.AddRange(current.Where(e => e.Kind == EvidenceKinds.Passkey).Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "recovery", "identity", now)));
        }

        if (ticket is { SeenBy: { } official, SeenMethod: { } method })
        {
            // Only now: until the ticket is spent it would raise whoever holds the account, and that may be the thief.
            database.Evidence.Add(EvidenceRecords.New(
                account.Id, EvidenceKinds.Counter, "counter", method, official, ticket.CreatedAt, ticket.CreatedAt.AddYears(5), ["idNumber", "name"], ticket.SeenWhere,
                current.LastOrDefault(e => e.Kind == EvidenceKinds.Counter)?.Id, recordedAt: now));
        }

        if (change.KeepsLevel)
        {
            return;
        }

        // One beside that which the new takes the place of, as a city's import leaves it, would carry on should the new one be withdrawn. What a new phone replaces went with it.
        string[] anew = [.. answers?.Population is null ? Array.Empty<string>() : [EvidenceKinds.PopulationMatch], .. change.NewPhone is null ? [EvidenceKinds.PhoneCode] : Array.Empty<string>()];
        var places = anew.Select(kind => current.LastOrDefault(e => e.Kind == kind)?.Id).ToList();
        database.Evidence.AddRange(current.Where(e => anew.Contains(e.Kind, StringComparer.Ordinal) ? !places.Contains(e.Id) : !Reproved.Contains(e.Kind, StringComparer.Ordinal))
            .Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "recovery", "identity", now)));
        if (answers?.Population is { } answer)
        {
            account.Person!.Ethnicity = answers.Ethnicity;
            var match = EvidenceRecords.New(
                account.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", answers.PopulationAt, matched: ["idNumber", "name", "sex", "ethnicity"],
                reference: answer.Receipt, supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch)?.Id);
            EvidenceReceipt.Attach(match, personal, answer.Signed);
            database.Evidence.Add(match);
        }

        if (change.NewPhone is null)
        {
            database.Evidence.Add(phones.Proof(account.Person!, answers?.PhoneOwner, current.LastOrDefault(e => e.Kind == EvidenceKinds.PhoneCode)?.Id, now));
        }
    }
}
