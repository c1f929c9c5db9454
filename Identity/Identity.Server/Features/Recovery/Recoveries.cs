using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What a recovery changes.</summary>
/// <param name="AccountId">Whose.</param>
/// <param name="PasswordHash">Of the new password.</param>
/// <param name="NewPhone">A proved number in place of the account's own; null: the own one was proved.</param>
/// <param name="KeepsLevel">Whether two of the account's own factors were shown, as at a sign-in; else evidence that was not shown again is superseded.</param>
/// <param name="DropsSecondFactor">Whether the second factor is taken off, and every passkey with it: whoever had the account may have added one.</param>
/// <param name="Receipt">Of the population library, when it was asked.</param>
/// <param name="Proof">What was shown, for the audit.</param>
/// <param name="SecurityStamp">Of the account when the recovery began: nothing is changed when it was secured anew since. Null for a request of an earlier release.</param>
internal sealed record RecoveryChange(Guid AccountId, string PasswordHash, string? NewPhone, bool KeepsLevel, bool DropsSecondFactor, string? Receipt, string Proof, string? SecurityStamp);

/// <summary>Carries out recoveries, at once or after the waiting period. The account is never at a higher level afterwards than what was shown.</summary>
internal sealed class Recoveries(
    IdentityContext database, PersonalData personal, IPasswordHasher<Account> hasher, PhoneMoves phones, WaitingRecoveries waiting, AccountFreezing freezing, SessionStore sessions, INotices notices, IAuditTrail audit,
    IOptions<RecoverySettings> settings, TimeProvider time)
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

    /// <summary>Of several nodes, or an owner who cancels in the same moment, one wins.</summary>
    public async Task FinishAsync(Guid requestId, CancellationToken cancellationToken)
    {
        var request = await database.RecoveryRequests.AsNoTracking().FirstOrDefaultAsync(r => r.Id == requestId, cancellationToken);
        if (request is not { State: RecoveryState.Waiting, PasswordHash: not null })
        {
            return;
        }

        var done = await ApplyAsync(
            new RecoveryChange(
                request.AccountId, request.PasswordHash, request.NewPhoneCipher is null ? null : personal.Unprotect(Purposes.Phone, request.NewPhoneCipher), KeepsLevel: false,
                request.DropsSecondFactor, request.PopulationReceipt, request.Proof, request.SecurityStamp),
            requestId, cancellationToken);
        if (!done)
        {
            // The new phone went to another account meanwhile, or the account was secured anew: what cannot be done is not left waiting.
            await CancelAsync(request.AccountId, "not-possible", actor: null, cancellationToken, requestId);
        }
    }

    /// <returns>False when the new phone belongs by now to another account in use, the account was secured anew, or the request behind it is no longer open: nothing was changed.</returns>
    public async Task<bool> ApplyAsync(RecoveryChange change, Guid? requestId, CancellationToken cancellationToken)
    {
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
        if (stale || account.ClosedAt is not null || shut || (change.NewPhone is { } phone && !await phones.MoveAsync(account.Person!, phone, "recovery", cancellationToken, formerHears: ticket is null)))
        {
            return false;
        }

        // Whatever else waits was begun before the account was secured: a thief's recovery does not outlast the owner's.
        await waiting.EndAsync(account.Id, "recovery", actor: null, cancellationToken);
        await ReproveAsync(account, change, ticket, now, cancellationToken);
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
    /// <param name="by">For the audit: <c>session</c>, <c>link</c>, <c>not-possible</c>.</param>
    /// <param name="actor">Who is signed in; null: nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="only">The one recovery that a link names; none: whichever waits, by a session of the owner's.</param>
    /// <returns>False when none waited.</returns>
    public async Task<bool> CancelAsync(Guid accountId, string by, string? actor, CancellationToken cancellationToken, Guid? only = null)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (!await waiting.EndAsync(accountId, by, actor, cancellationToken, only))
        {
            return false;
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task ReproveAsync(Account account, RecoveryChange change, RecoveryRequest? ticket, DateTimeOffset now, CancellationToken cancellationToken)
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

        database.Evidence.AddRange(current.Where(e => !Reproved.Contains(e.Kind, StringComparer.Ordinal))
            .Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "recovery", "identity", now)));
        if (change.Receipt is { } receipt)
        {
            database.Evidence.Add(EvidenceRecords.New(
                account.Id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", now, matched: ["idNumber", "name", "sex", "ethnicity"], reference: receipt,
                supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.PopulationMatch)?.Id));
        }

        if (change.NewPhone is null)
        {
            database.Evidence.Add(EvidenceRecords.New(
                account.Id, EvidenceKinds.PhoneCode, "phone", "sms-code", "identity", now, matched: ["phone"], supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.PhoneCode)?.Id));
        }
    }
}
