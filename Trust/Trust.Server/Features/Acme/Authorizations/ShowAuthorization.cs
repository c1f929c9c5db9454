using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Authorizations;

/// <summary>POST /acme/authorization/{id}: as GET it shows the authorization; with <c>{"status":"deactivated"}</c> its owner gives it up (RFC 8555 §7.5, §7.5.2).</summary>
internal sealed class ShowAuthorization(TrustContext database, SignedRequests requests, IAuditTrail audit, AcmeAddresses addresses, TimeProvider time)
{
    private const string RetryAfter = "2";

    public static void Map(RouteGroupBuilder group) => group.MapPost("/authorization/{id}", (string id, HttpContext http, ShowAuthorization handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        var found = await FindAsync(id, request.Owner, http.RequestAborted);
        if (!request.IsRead)
        {
            DemandDeactivation(request.Json);
            await DeactivateAsync(found, http.RequestAborted);
            found = await FindAsync(id, request.Owner, http.RequestAborted);
        }

        if (found.Status == AcmeAuthorizationStatus.Pending && found.Challenges.Exists(c => c.Status == AcmeChallengeStatus.Processing))
        {
            http.Response.Headers.RetryAfter = RetryAfter;
        }

        return AcmeJson.Answer(AuthorizationView.Of(found, addresses, time.GetUtcNow()));
    }

    private async Task<AcmeAuthorization> FindAsync(string id, AcmeAccount account, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out var authorization)
        && await database.Set<AcmeAuthorization>().AsNoTracking().Include(a => a.Challenges).SingleOrDefaultAsync(a => a.Id == authorization && a.AccountId == account.Id, cancellationToken) is { } found
            ? found : throw OwnOrders.NotFound("authorization");

    private static void DemandDeactivation(JsonElement payload)
    {
        if (!payload.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.String || status.GetString() != "deactivated")
        {
            throw AcmeErrorKind.Malformed.Because("An authorization can only be deactivated.");
        }
    }

    private async Task DeactivateAsync(AcmeAuthorization authorization, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // The order first, as everybody does; an unfinished one cannot go on without this name.
        await database.Set<AcmeOrder>().Where(o => o.Id == authorization.OrderId).ExecuteUpdateAsync(set => set.SetProperty(o => o.Changes, o => o.Changes + 1), cancellationToken);
        var done = await database.Set<AcmeAuthorization>()
            .Where(a => a.Id == authorization.Id && (a.Status == AcmeAuthorizationStatus.Pending || a.Status == AcmeAuthorizationStatus.Valid))
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, AcmeAuthorizationStatus.Deactivated), cancellationToken);
        if (done == 0)
        {
            return;
        }

        await database.Set<AcmeOrder>().Where(o => o.Id == authorization.OrderId && (o.Status == AcmeOrderStatus.Pending || o.Status == AcmeOrderStatus.Ready))
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.Status, AcmeOrderStatus.Invalid), cancellationToken);
        audit.Add(new AuditEntry("trust.acme.authorization.deactivated", authorization.Id.ToString("N"), "acme:" + authorization.AccountId.ToString("N"), Details: new { authorization.Value }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
