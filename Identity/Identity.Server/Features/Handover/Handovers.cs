using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Handover;

/// <summary>
/// What begins on a computer and is done on the phone: a step-up, a level raised, a proof of presence; a code is good for its own kind only. Each step is one conditional
/// update: a code is answered once, by a phone of the same account, and used once, by the session that shows it. It signs nobody in: without that session it opens nothing.
/// </summary>
internal sealed class Handovers(IdentityContext database, IAuditTrail audit, TimeProvider time) : IHousekeepingTask
{
    public const int Minutes = 5;
    private const int Choices = 3;
    private const int LongestRequest = 16_000;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(Minutes);

    /// <returns>The row, and what the QR code holds, for the only time.</returns>
    public async Task<(StepUpHandover Row, string Code)> ShowAsync(
        HttpContext context,
        Guid session,
        Guid account,
        string? clientId,
        CancellationToken cancellationToken,
        HandoverKind kind = HandoverKind.Strengthen,
        Guid? organisation = null,
        Guid? mandate = null,
        string? request = null)
    {
        var now = time.GetUtcNow();
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        HashSet<int> offered = [];
        while (offered.Count < Choices)
        {
            offered.Add(RandomNumberGenerator.GetInt32(10, 100));
        }

        List<int> numbers = [.. offered];
        var row = new StepUpHandover
        {
            Id = Guid.NewGuid(),
            CodeHash = Hash(code),
            SessionId = session,
            AccountId = account,
            Kind = kind,
            OrganisationId = organisation,
            MandateId = mandate,
            Request = request?.Length <= LongestRequest ? request : null,
            Number = numbers[RandomNumberGenerator.GetInt32(Choices)],
            Offered = numbers,
            ClientId = clientId?.Length <= 100 ? clientId : null,
            Device = DeviceName.From(context.Request.Headers.UserAgent.ToString()),
            AddressMasked = AddressMasking.Mask(context.Connection.RemoteIpAddress),
            CreatedAt = now,
            ExpiresAt = now + Life,
        };
        database.StepUpHandovers.Add(row);
        await database.SaveChangesAsync(cancellationToken);
        return (row, code);
    }

    /// <summary>What a phone has scanned, while it may still be answered by this account.</summary>
    /// <returns>Null for an old code, an answered one, another person's: nobody learns which. The last stands in the audit.</returns>
    public async Task<StepUpHandover?> ScannedAsync(string? code, Guid account, CancellationToken cancellationToken, HandoverKind kind = HandoverKind.Strengthen)
    {
        if (code is not { Length: > 0 and <= 100 })
        {
            return null;
        }

        var (hash, now) = (Hash(code), time.GetUtcNow());
        var row = await database.StepUpHandovers.AsNoTracking().FirstOrDefaultAsync(
            h => h.CodeHash == hash && h.Kind == kind && h.State == QrSignInState.Waiting && h.ExpiresAt > now, cancellationToken);
        if (row is null || row.AccountId == account)
        {
            return row;
        }

        audit.Add(new AuditEntry("stepUp.handover", row.AccountId.ToString(), account.ToString(), Details: new { row.Id, kind = row.Kind.ToString(), session = row.SessionId }, Result: "identity.handover.otherAccount"));
        await database.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>The phone's answer. A wrong number, or none, refuses for good: there is no second guess among three.</summary>
    /// <returns>Whether the computer may go on.</returns>
    public async Task<bool> AnswerAsync(StepUpHandover row, Session phone, int? number, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var right = number == row.Number && phone.AccountId == row.AccountId;

        // Only a strengthening lends the computer what the phone has shown. The time is not null all the same: what an earlier release takes without one counts as of now.
        var lends = right && row.Kind == HandoverKind.Strengthen;
        List<string> methods = lends ? [.. phone.Methods.Union(["qr"], StringComparer.Ordinal)] : [];
        DateTimeOffset? proved = lends ? phone.AuthenticatedAt : right ? DateTimeOffset.UnixEpoch : null;
        Guid? chosenBy = right ? phone.Id : null;
        var state = right ? QrSignInState.Confirmed : QrSignInState.Refused;
        var answered = await database.StepUpHandovers.Where(h => h.Id == row.Id && h.State == QrSignInState.Waiting && h.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.State, state).SetProperty(h => h.Methods, methods).SetProperty(h => h.ProvedAt, proved).SetProperty(h => h.PhoneSessionId, chosenBy), cancellationToken);
        audit.Add(new AuditEntry(
            "stepUp.handover", phone.AccountId.ToString(), phone.AccountId.ToString(), Details: new { row.Id, kind = row.Kind.ToString(), session = row.SessionId, phone = phone.Id }, Result: !right ? "identity.handover.refused" : answered == 1 ? "ok" : "identity.handover.over"));
        await database.SaveChangesAsync(cancellationToken);
        return right && answered == 1;
    }

    /// <summary>The state of a code that this session shows; null when it shows none of that key.</summary>
    public async Task<QrSignInState?> StateAsync(Guid id, Guid session, CancellationToken cancellationToken, HandoverKind kind = HandoverKind.Strengthen) =>
        await database.StepUpHandovers.AsNoTracking().Where(h => h.Id == id && h.SessionId == session && h.Kind == kind).Select(h => (QrSignInState?)h.State).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Takes what the phone showed, for the session that shows the code; once.</summary>
    /// <returns>Null when there is nothing to take.</returns>
    public async Task<StepUpHandover?> TakeAsync(Guid id, Guid session, CancellationToken cancellationToken, HandoverKind kind = HandoverKind.Strengthen)
    {
        // As long again as the code lived, for a browser without script whose person presses a button.
        var latest = time.GetUtcNow() - Life;
        var taken = await database.StepUpHandovers.Where(h => h.Id == id && h.SessionId == session && h.Kind == kind && h.State == QrSignInState.Confirmed && h.ExpiresAt > latest)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.State, QrSignInState.Used), cancellationToken);

        // Read afterwards: the phone may have answered in between, and what it showed would be spent for nothing.
        return taken == 1 ? await database.StepUpHandovers.AsNoTracking().FirstAsync(h => h.Id == id, cancellationToken) : null;
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var old = time.GetUtcNow().AddDays(-1);
        await database.StepUpHandovers.Where(h => h.ExpiresAt < old).OrderBy(h => h.ExpiresAt).Take(500).ExecuteDeleteAsync(cancellationToken);
    }

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
