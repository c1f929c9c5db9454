using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>Writes down what a look found (RFC 8555 §7.1.6): challenge, authorization and order in one transaction.</summary>
internal sealed class ChallengeLedger(TrustContext database, IAuditTrail audit, IOptions<AcmeSettings> settings, TimeProvider time)
{
    /// <summary>Takes a challenge for this node until <paramref name="until"/>.</summary>
    /// <returns>False when another node has it.</returns>
    public async Task<bool> TakeAsync(ChallengeUnderLook challenge, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.Set<AcmeChallenge>().Where(c => c.Id == challenge.Id && c.Status == AcmeChallengeStatus.Processing && c.DueAt == challenge.DueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, until).SetProperty(c => c.Attempts, c => c.Attempts + 1), cancellationToken) == 1;

    /// <param name="challenge">What was looked at.</param>
    /// <param name="problem">Null: proved.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task SettleAsync(ChallengeUnderLook challenge, AcmeProblem? problem, CancellationToken cancellationToken)
    {
        if (problem is { IsFinal: false } && challenge.Attempts + 1 < settings.Value.Looks)
        {
            await PostponeAsync(challenge, AcmeJson.Store(problem), cancellationToken);
            return;
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // The order's row first: two of its authorizations proved in the same moment must see each other.
        await database.Set<AcmeOrder>().Where(o => o.Id == challenge.OrderId).ExecuteUpdateAsync(set => set.SetProperty(o => o.Changes, o => o.Changes + 1), cancellationToken);
        if (await (problem is null ? ProveAsync(challenge, cancellationToken) : FailAsync(challenge, AcmeJson.Store(problem), cancellationToken)))
        {
            audit.Add(new AuditEntry(
                problem is null ? "trust.acme.authorization.proved" : "trust.acme.authorization.failed", challenge.AuthorizationId.ToString("N"), "trust",
                Details: new { challenge.Name, challenge.Type, order = challenge.OrderId.ToString("N") }, Result: problem?.Code ?? "ok"));
            await database.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task PostponeAsync(ChallengeUnderLook challenge, string problem, CancellationToken cancellationToken)
    {
        var due = time.GetUtcNow() + (settings.Value.LookPause * Math.Pow(2, challenge.Attempts));
        await Open(challenge).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, due).SetProperty(c => c.Error, problem), cancellationToken);
    }

    private async Task<bool> ProveAsync(ChallengeUnderLook challenge, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await Open(challenge).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Status, AcmeChallengeStatus.Valid).SetProperty(c => c.ValidatedAt, now).SetProperty(c => c.DueAt, (DateTimeOffset?)null).SetProperty(c => c.Error, (string?)null),
            cancellationToken);
        var proved = await database.Set<AcmeAuthorization>().Where(a => a.Id == challenge.AuthorizationId && a.Status == AcmeAuthorizationStatus.Pending && a.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, AcmeAuthorizationStatus.Valid), cancellationToken);
        await database.Set<AcmeOrder>()
            .Where(o => o.Id == challenge.OrderId && o.Status == AcmeOrderStatus.Pending && o.Authorizations.All(a => a.Status == AcmeAuthorizationStatus.Valid))
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.Status, AcmeOrderStatus.Ready), cancellationToken);
        return proved == 1;
    }

    private async Task<bool> FailAsync(ChallengeUnderLook challenge, string problem, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await Open(challenge).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Status, AcmeChallengeStatus.Invalid).SetProperty(c => c.DueAt, (DateTimeOffset?)null).SetProperty(c => c.Error, problem), cancellationToken);
        var failed = await database.Set<AcmeAuthorization>().Where(a => a.Id == challenge.AuthorizationId && a.Status == AcmeAuthorizationStatus.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, AcmeAuthorizationStatus.Invalid).SetProperty(a => a.FailedAt, now), cancellationToken);
        await database.Set<AcmeOrder>().Where(o => o.Id == challenge.OrderId && o.Status == AcmeOrderStatus.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.Status, AcmeOrderStatus.Invalid).SetProperty(o => o.Error, problem), cancellationToken);
        return failed == 1;
    }

    private IQueryable<AcmeChallenge> Open(ChallengeUnderLook challenge) => database.Set<AcmeChallenge>().Where(c => c.Id == challenge.Id && c.Status == AcmeChallengeStatus.Processing);
}
