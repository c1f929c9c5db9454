using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>
/// The ticket with which an official sets up a factor after the former ones were taken off. It is worth nothing without the password, and the password nothing without it:
/// neither who decided the reset nor who knows the password gets in alone.
/// </summary>
internal sealed class FactorTickets(IdentityContext database, PersonalData personal, AttemptBrake brake, SignInHistory history, IAuditTrail audit, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private const int LongestTicket = 60;
    private const string Refused = "identity.factorTicket.refused";

    /// <summary>A new ticket, with the caller's save; a former one is void.</summary>
    /// <returns>What is printed on it, for the only time.</returns>
    public async Task<string> GiveAsync(Guid account, Guid proposal, CancellationToken cancellationToken)
    {
        var (code, now) = (RecoveryTickets.New(), time.GetUtcNow());
        var row = await database.FactorTickets.FirstOrDefaultAsync(t => t.AccountId == account, cancellationToken);
        if (row is null)
        {
            row = new FactorTicket { AccountId = account };
            database.FactorTickets.Add(row);
        }

        (row.ProposalId, row.CodeHash, row.IssuedAt, row.ValidUntil, row.SessionId) = (proposal, Hash(account, code), now, now + Life, null);
        return code;
    }

    /// <summary>Whether this session has to show the ticket before it may bind a factor.</summary>
    public Task<bool> IsNeededAsync(Guid account, Guid session, CancellationToken cancellationToken) =>
        database.FactorTickets.AnyAsync(t => t.AccountId == account && t.SessionId != session, cancellationToken);

    /// <summary>Spends the ticket for this session, behind the brake; of two sessions at once one does.</summary>
    public async Task<SignInOutcome> TryAsync(HttpContext context, Guid account, Guid session, string? typed, CancellationToken cancellationToken)
    {
        // A ticket cannot be guessed (80 random bits): a stranger with the password bars his own addresses, not the official.
        var key = personal.Index(Purposes.SignInName, $"factor-ticket:{account}:{FailureWindow.Range(context.Connection.RemoteIpAddress)}");
        var known = await history.KnownDeviceAsync(context, account, cancellationToken) is not null;
        var tried = false;
        var outcome = await brake.TryAsync(key, context.Connection.RemoteIpAddress, SpendOnceAsync, cancellationToken, known: known);
        if (tried)
        {
            // What the brake held back was compared with nothing: the audit must not grow with a flood.
            audit.Add(new AuditEntry("account.factorTicket", account.ToString(), account.ToString(), Details: new { session }, Result: outcome == SignInOutcome.Accepted ? "ok" : Refused));
            await database.SaveChangesAsync(cancellationToken);
        }

        return outcome;

        Task<bool> SpendOnceAsync()
        {
            tried = true;
            return SpendAsync(account, session, typed, cancellationToken);
        }
    }

    private async Task<bool> SpendAsync(Guid account, Guid session, string? typed, CancellationToken cancellationToken)
    {
        if (typed is not { Length: > 0 and <= LongestTicket })
        {
            return false;
        }

        var (hash, now) = (Hash(account, typed), time.GetUtcNow());
        return await database.FactorTickets.Where(t => t.AccountId == account && t.CodeHash == hash && t.ValidUntil > now).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.CodeHash, (string?)null).SetProperty(t => t.SessionId, session), cancellationToken) == 1;
    }

    private string Hash(Guid account, string code) => RecoveryTickets.Hash(personal, $"{account:N}{code}");
}
