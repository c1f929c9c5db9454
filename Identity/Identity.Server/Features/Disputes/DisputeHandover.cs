using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>
/// What a decision for the claimant does, inside its transaction: whatever the wrong holder could sign in or act with ends, the wrong evidence is withdrawn (and stays), the
/// paper that two officials stood by is recorded. The account stays frozen until the claimant opens it with the code of the receipt: nobody else gets there first.
/// </summary>
internal sealed class DisputeHandover(
    IdentityContext database, PersonalData personal, EndedPowers powers, AccountFreezing freezing, SessionStore sessions, IAuditTrail audit, IOptions<DisputeSettings> settings, TimeProvider time)
{
    private const string Reason = "dispute-granted";

    public async Task HandOverAsync(Dispute dispute, ClaimReceipt claim, AuthorityAnswer answer, ConsoleOfficial official, CancellationToken cancellationToken)
    {
        var (id, now) = (dispute.AccountId!.Value, time.GetUtcNow());
        var account = await database.Users.Include(a => a.Person).FirstAsync(a => a.Id == id, cancellationToken);
        var standing = await freezing.StandingAsync(id, cancellationToken);
        if (standing.Any(f => f.Kind == FreezeKind.Death))
        {
            throw DisputeProblems.Deceased.Exception();
        }

        // All that he registered for an organisation was his word: it is open to the true representative, who shows it anew.
        await powers.EndAsync(id, Reason, "identity", cancellationToken, takesBack: []);
        await WithdrawAsync(dispute, claim, answer, official, now, cancellationToken);
        var person = account.Person!;
        (person.Sex, person.Ethnicity) = (claim.Sex, claim.Ethnicity);
        (person.PhoneCipher, person.PhoneMasked, person.PhoneIndex) = ("", "", Person.NoPhone + id);
        if (person.Name != claim.Name)
        {
            person.Rename(claim.Name, personal);
        }

        (account.PasswordHash, account.TwoFactorEnabled, account.PasswordChangedAt, account.SecurityStamp) = (null, false, now, Guid.NewGuid().ToString());
        (account.UserName, account.NormalizedUserName) = (id.ToString("N"), id.ToString("N").ToUpperInvariant());
        account.ClosingAt = null;
        await database.SaveChangesAsync(cancellationToken);
        await FreezeAsync(dispute, standing, official, cancellationToken);
        await EndCredentialsAsync(id, now, cancellationToken);
        database.RecoveryRequests.Add(new RecoveryRequest
        {
            Id = Guid.CreateVersion7(now),
            AccountId = id,
            State = RecoveryState.Ticket,
            Proof = "counter",
            SecretHash = dispute.ClaimSecretHash!,
            CreatedAt = now,
            DueAt = now.AddDays(settings.Value.TicketDays),
        });
        await sessions.EndAllAsync(id, EndReasons.AccountFrozen, except: null, cancellationToken);
    }

    /// <summary>A court's order is about the person, whoever had the account; every other freeze was about the wrong holder.</summary>
    private async Task FreezeAsync(Dispute dispute, IReadOnlyList<StandingFreeze> standing, ConsoleOfficial official, CancellationToken cancellationToken)
    {
        var (id, by) = (dispute.AccountId!.Value, official.Id.ToString());
        var lifting = new Lifting(Reason, by, official.Name, new { dispute.Number });
        // The dispute's own comes last, so that the account is free at no moment. One that an earlier dispute gave away and nobody opened is given anew: what was proposed before this decision
        // was about the wrong holder, and a decision about it compares with when this one came.
        var over = standing.Where(f => f.Kind != FreezeKind.Dispute && f.Reason != FreezeReasons.CourtOrder);
        await freezing.LiftAsync(id, [.. over], lifting, cancellationToken);
        await freezing.FreezeAsync(id, FreezeReasons.HandedOver, by, cancellationToken, dispute: dispute.Id);
        await freezing.LiftAsync(id, [.. standing.Where(f => f.Kind == FreezeKind.Dispute)], lifting, cancellationToken);
    }

    private async Task WithdrawAsync(Dispute dispute, ClaimReceipt claim, AuthorityAnswer answer, ConsoleOfficial official, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = dispute.AccountId!.Value;
        await EvidenceWithdrawal.AddAsync(database, id, [], Reason, official.Id.ToString(), now, cancellationToken);
        var match = EvidenceRecords.New(
            id, EvidenceKinds.PopulationMatch, "population", "four-elements", "population", now, matched: ["idNumber", "name", "sex", "ethnicity"], reference: answer.Receipt);
        EvidenceReceipt.Attach(match, personal, answer.Signed);
        database.Evidence.Add(match);
        var (seen, opener) = (dispute.OpenedAt!.Value, dispute.OpenedBy!.Value);
        // A paper without a photo shows whose data they are, not that the person at the window is that person: no more than primary. Nor does the word of an official whose checks of then were
        // all taken back: the claimant comes to another one.
        if (claim.DocumentKind != DocumentKinds.HouseholdRegister && !await WithdrawnChecks.AreTakenBackAsync(database, opener, seen, cancellationToken))
        {
            database.Evidence.Add(EvidenceRecords.New(
                id, EvidenceKinds.Counter, "counter", $"document-in-dispute:{dispute.HallLevel}", opener.ToString(), seen, seen.AddYears(5), ["idNumber", "name"],
                $"{dispute.Hall} · {dispute.Window} · {dispute.Number}", recordedAt: now));
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    private async Task EndCredentialsAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var passkeys = await database.UserPasskeys.Where(p => p.UserId == id).ExecuteDeleteAsync(cancellationToken);
        await database.PasskeyUses.Where(p => p.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        var apps = await database.AuthenticatorApps.Where(a => a.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.RecoveryCodes.Where(c => c.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.KnownDevices.Where(d => d.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        await database.AccountLinks.Where(l => l.AccountId == id).ExecuteDeleteAsync(cancellationToken);
        var consents = await database.ClaimConsents.Where(c => c.AccountId == id && c.EndedAt == null).ExecuteUpdateAsync(c => c.SetProperty(x => x.EndedAt, now), cancellationToken);
        await database.RecoveryRequests.Where(r => r.AccountId == id && (r.State == RecoveryState.Waiting || r.State == RecoveryState.Ticket))
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.State, RecoveryState.Cancelled).SetProperty(x => x.EndedAt, now).SetProperty(x => x.PasswordHash, (string?)null), cancellationToken);
        audit.Add(new AuditEntry("account.handedOver", id.ToString(), "system", Details: new { passkeys, apps, consents }));
    }
}
