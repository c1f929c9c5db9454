using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Handover;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>A request whose ceremony a phone does for a computer.</summary>
/// <param name="Row">What the computer shows.</param>
/// <param name="Computer">Its session, for which alone the proof counts.</param>
/// <param name="Request">What is confirmed.</param>
internal sealed record HandedPresence(StepUpHandover Row, Session Computer, AskedPresence Request);

/// <summary>
/// The camera is the phone's, everything else the computer's: its session, its request, for whom it acts. A code is good for one proof; a failed try leaves it to the next one, in its minutes.
/// </summary>
internal sealed class PresenceByPhone(IdentityContext database, SessionStore sessions, AskedPresences requests, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Where the phone goes on once the number was chosen. The key is known to the two pages only, and opens nothing to another account.</summary>
    public static string Address(StepUpHandover row) => $"{PresencePaths.Phone}?again={row.Id}";

    /// <summary>What is to be confirmed, while the computer's session is what it was when it showed the code.</summary>
    /// <returns>Null when the request took too long, the session ended, or it acts for somebody else now.</returns>
    public async Task<HandedPresence?> OpenAsync(StepUpHandover row, CancellationToken cancellationToken)
    {
        // Somebody at the phone keeps no computer awake that was left.
        return requests.Of(row.Request) is { } request && await sessions.FindLiveAsync(row.SessionId, cancellationToken, touches: false) is { } computer &&
            computer.AccountId == row.AccountId && computer.ActingForId == row.OrganisationId && computer.ActingMandateId == row.MandateId
                ? new HandedPresence(row, computer, request)
                : null;
    }

    /// <summary>
    /// A row whose number this very session has chosen, used or not. Another's choice is none: whoever sits at somebody else's computer can read the number there and choose it in that browser, and
    /// must not be able to leave only the face to its owner's phone.
    /// </summary>
    /// <param name="id">The row's.</param>
    /// <param name="phone">Whose choice it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="begun">When the ceremony began that comes to its end now; null: one would begin now.</param>
    public Task<StepUpHandover?> ChosenAsync(Guid id, Session phone, CancellationToken cancellationToken, DateTimeOffset? begun = null) =>
        Chosen(phone, begun).FirstOrDefaultAsync(h => h.Id == id, cancellationToken);

    /// <summary>The same by the code: the phone comes back from its camera, or pressed twice.</summary>
    public async Task<StepUpHandover?> ChosenAsync(string? code, Session phone, CancellationToken cancellationToken)
    {
        if (code is not { Length: > 0 and <= 100 })
        {
            return null;
        }

        var hash = Handovers.Hash(code);
        return await Chosen(phone, begun: null).FirstOrDefaultAsync(h => h.CodeHash == hash && h.State == QrSignInState.Confirmed, cancellationToken);
    }

    /// <summary>While a ceremony may still be recorded for it.</summary>
    public async Task<HandedPresence?> ReadyAsync(Guid id, Session phone, DateTimeOffset begun, CancellationToken cancellationToken) =>
        await ChosenAsync(id, phone, cancellationToken, begun) is { State: QrSignInState.Confirmed } row ? await OpenAsync(row, cancellationToken) : null;

    /// <summary>What this session shows or has shown.</summary>
    public Task<StepUpHandover?> ShownAsync(Guid id, Guid session, CancellationToken cancellationToken) =>
        database.StepUpHandovers.AsNoTracking().FirstOrDefaultAsync(h => h.Id == id && h.SessionId == session && h.Kind == HandoverKind.Presence, cancellationToken);

    /// <summary>In the transaction that records the proof: of any number of ceremonies one gets it.</summary>
    public async Task<bool> UseAsync(Guid id, CancellationToken cancellationToken) =>
        await database.StepUpHandovers.Where(h => h.Id == id && h.Kind == HandoverKind.Presence && h.State == QrSignInState.Confirmed)
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.State, QrSignInState.Used), cancellationToken) == 1;

    /// <summary>The person does not confirm it: for good, before the number was chosen or after.</summary>
    /// <returns>False when it was over already.</returns>
    public async Task<bool> DeclineAsync(StepUpHandover row, Session phone, CancellationToken cancellationToken)
    {
        var declined = await database.StepUpHandovers
            .Where(h => h.Id == row.Id && h.Kind == HandoverKind.Presence && (h.State == QrSignInState.Waiting || h.State == QrSignInState.Confirmed))
            .ExecuteUpdateAsync(set => set.SetProperty(h => h.State, QrSignInState.Refused), cancellationToken);
        audit.Add(new AuditEntry(
            "stepUp.handover", phone.AccountId.ToString(), phone.AccountId.ToString(), Details: new { row.Id, kind = row.Kind.ToString(), session = row.SessionId, phone = phone.Id },
            Result: declined == 1 ? "identity.handover.refused" : "identity.handover.over"));
        await database.SaveChangesAsync(cancellationToken);
        return declined == 1;
    }

    /// <summary>As long again as the code lived: for another try. That a used one is done is said for as long as it is kept.</summary>
    private IQueryable<StepUpHandover> Chosen(Session phone, DateTimeOffset? begun)
    {
        var (account, session, latest) = (phone.AccountId, phone.Id, (begun ?? time.GetUtcNow()) - TimeSpan.FromMinutes(Handovers.Minutes));
        return database.StepUpHandovers.AsNoTracking().Where(h => h.AccountId == account && h.PhoneSessionId == session && h.Kind == HandoverKind.Presence &&
            (h.State == QrSignInState.Used || (h.State == QrSignInState.Confirmed && h.ExpiresAt > latest)));
    }
}
