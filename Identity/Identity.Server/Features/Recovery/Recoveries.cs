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
/// <param name="DropsSecondFactor">Whether the second factor is taken off.</param>
/// <param name="Receipt">Of the population library, when it was asked.</param>
/// <param name="Proof">What was shown, for the audit.</param>
internal sealed record RecoveryChange(Guid AccountId, string PasswordHash, string? NewPhone, bool KeepsLevel, bool DropsSecondFactor, string? Receipt, string Proof);

/// <summary>Carries out recoveries, at once or after the waiting period. The account is never at a higher level afterwards than what was shown.</summary>
internal sealed class Recoveries(
    IdentityContext database, PersonalData personal, IPasswordHasher<Account> hasher, PhoneMoves phones, SessionStore sessions, INotices notices, IAuditTrail audit,
    IOptions<RecoverySettings> settings, TimeProvider time)
{
    /// <summary>Evidence that a recovery shows again; what rests on anything else is superseded.</summary>
    private static readonly string[] Reproved = [EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode, EvidenceKinds.Password, EvidenceKinds.Passkey];

    public string Hash(Account account, string password) => hasher.HashPassword(account, password);

    /// <summary>How long the change has to wait; null: it happens at once.</summary>
    public TimeSpan? WaitFor(bool guarded, bool furtherShown, bool replaces) => (guarded, furtherShown, replaces) switch
    {
        (_, _, true) => TimeSpan.FromHours(settings.Value.LongWaitHours),
        (true, false, _) => TimeSpan.FromHours(settings.Value.WaitHours),
        _ => null,
    };

    /// <summary>Puts the change off. The owner hears of it on every channel and can stop it; an earlier one is replaced.</summary>
    public async Task WaitAsync(RecoveryChange change, TimeSpan wait, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
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
            SecretHash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            CreatedAt = now,
            DueAt = now + wait,
        };
        database.RecoveryRequests.Add(request);
        database.Add(OutboxMessage.Create(RecoveryWork.KindName, request.Id, request.Id.ToString(), now, wait));
        notices.Add(change.AccountId, NoticeKinds.RecoveryStarted);
        audit.Add(new AuditEntry("recovery.started", change.AccountId.ToString(), ActorId: null, Details: new { change.Proof, request.DueAt }));
        await database.SaveChangesAsync(cancellationToken);
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
                request.DropsSecondFactor, request.PopulationReceipt, request.Proof),
            requestId, cancellationToken);
        if (!done)
        {
            // The new phone went to another account meanwhile: what cannot be done is not left waiting.
            await CancelAsync(request.AccountId, cancellationToken);
        }
    }

    /// <returns>False when the new phone belongs by now to another account in use, or the request behind it is no longer open: nothing was changed.</returns>
    public async Task<bool> ApplyAsync(RecoveryChange change, Guid? requestId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (requestId is { } open && await database.RecoveryRequests
            .Where(r => r.Id == open && (r.State == RecoveryState.Waiting || (r.State == RecoveryState.Ticket && r.DueAt > now)))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Done).SetProperty(r => r.EndedAt, now).SetProperty(r => r.PasswordHash, (string?)null), cancellationToken) == 0)
        {
            return false;
        }

        var account = await database.Users.Include(a => a.Person).FirstAsync(a => a.Id == change.AccountId, cancellationToken);
        // Whoever froze it for a stolen phone does not lose it to whoever has the phone: two factors of its own, or an official's ticket.
        var lifts = account.FrozenReason == FreezeReasons.OwnWish && change.KeepsLevel;
        if (account.ClosedAt is not null || (account.FrozenAt is not null && !lifts) || (change.NewPhone is { } phone && !await phones.MoveAsync(account.Person!, phone, "recovery", cancellationToken)))
        {
            return false;
        }

        await ReproveAsync(account, change, now, cancellationToken);
        if (account.FrozenAt is not null)
        {
            (account.FrozenAt, account.FrozenReason) = (null, null);
            notices.Add(account.Id, NoticeKinds.Unfrozen);
            audit.Add(new AuditEntry("account.unfreeze", account.Id.ToString(), ActorId: null, Details: new { reason = "recovery", change.Proof }));
        }

        account.PasswordHash = change.PasswordHash;
        account.PasswordChangedAt = now;
        account.SecurityStamp = Guid.NewGuid().ToString();
        if (change.DropsSecondFactor)
        {
            account.TwoFactorEnabled = false;
            database.AuthenticatorApps.RemoveRange(await database.AuthenticatorApps.Where(a => a.AccountId == account.Id).ToListAsync(cancellationToken));
            database.RecoveryCodes.RemoveRange(await database.RecoveryCodes.Where(c => c.AccountId == account.Id).ToListAsync(cancellationToken));
        }

        notices.Add(account.Id, NoticeKinds.RecoveryDone);
        audit.Add(new AuditEntry("recovery.done", account.Id.ToString(), ActorId: null, Details: new { change.Proof, change.KeepsLevel, change.DropsSecondFactor, phone = change.NewPhone is not null }));
        await database.SaveChangesAsync(cancellationToken);
        await sessions.EndAllAsync(account.Id, EndReasons.Recovered, except: null, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    public async Task<bool> CancelAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var ended = await database.RecoveryRequests.Where(r => r.AccountId == accountId && r.State == RecoveryState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RecoveryState.Cancelled).SetProperty(r => r.EndedAt, now).SetProperty(r => r.PasswordHash, (string?)null), cancellationToken);
        if (ended == 0)
        {
            return false;
        }

        notices.Add(accountId, NoticeKinds.RecoveryCancelled);
        audit.Add(new AuditEntry("recovery.cancelled", accountId.ToString(), accountId.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task ReproveAsync(Account account, RecoveryChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var current = await CurrentEvidence.OfAsync(database, account.Id, cancellationToken);
        database.Evidence.Add(EvidenceRecords.New(
            account.Id, EvidenceKinds.Password, "person", EvidenceKinds.Password, "identity", now, supersedes: current.LastOrDefault(e => e.Kind == EvidenceKinds.Password)?.Id));
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
