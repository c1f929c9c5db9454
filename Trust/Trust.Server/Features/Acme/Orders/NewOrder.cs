using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Authorizations;
using Yinxin.Trust.Server.Features.Acme.Certificates;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>POST /acme/new-order: an order for names, each with an authorization of its own (RFC 8555 §7.4). Control is proved anew for each order.</summary>
internal sealed class NewOrder(
    TrustContext database, SignedRequests requests, Identifiers identifiers, ReplacedCertificate replaced, OrderLimits limits, IAuditTrail audit, AcmeAddresses addresses,
    IOptions<AcmeSettings> settings, TimeProvider time)
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/new-order", (HttpContext http, NewOrder handler) => handler.HandleAsync(http));

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        var payload = request.Json;
        if (payload.TryGetProperty("notBefore", out _) || payload.TryGetProperty("notAfter", out _))
        {
            throw AcmeErrorKind.Malformed.Because("The validity is the profile's; notBefore and notAfter cannot be asked for.");
        }

        var names = identifiers.Read(payload);
        var order = Make(request.Owner, names);
        await using var transaction = await database.Database.BeginTransactionAsync(http.RequestAborted);
        await LockAsync(request.Owner, http.RequestAborted);
        order.Number = await database.Set<AcmeAccount>().Where(a => a.Id == order.AccountId).Select(a => a.Orders).SingleAsync(http.RequestAborted);
        order.Replaces = await replaced.ReadAsync(payload, request.Owner, names, http.RequestAborted);
        await limits.DemandAsync(order, http.RequestAborted);
        database.Add(order);
        var (id, account) = (order.Id.ToString("N"), request.Owner.Id.ToString("N"));
        audit.Add(new AuditEntry("trust.acme.order.created", id, "acme:" + account, Details: new { names = names.Select(n => n.Value), order.Replaces }));
        await database.SaveChangesAsync(http.RequestAborted);
        await transaction.CommitAsync(CancellationToken.None);
        http.Response.Headers.Location = addresses.Order(order.Id);
        return AcmeJson.Answer(OrderView.Of(order, addresses, order.CreatedAt), StatusCodes.Status201Created);
    }

    private async Task LockAsync(AcmeAccount account, CancellationToken cancellationToken)
    {
        if (await database.Set<AcmeAccount>().Where(a => a.Id == account.Id && a.Status == AcmeAccountStatus.Valid)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Orders, a => a.Orders + 1), cancellationToken) != 1)
        {
            throw AcmeErrorKind.Unauthorized.Because("The account is deactivated or revoked.");
        }
    }

    private AcmeOrder Make(AcmeAccount account, IReadOnlyList<AcmeIdentifier> names)
    {
        var now = time.GetUtcNow();
        var order = new AcmeOrder { Id = Guid.CreateVersion7(now), AccountId = account.Id, CreatedAt = now, ExpiresAt = DateTimeOffset.FromUnixTimeSeconds((now + settings.Value.OrderLife).ToUnixTimeSeconds()) };
        for (var i = 0; i < names.Count; i++)
        {
            var authorization = new AcmeAuthorization
            {
                Id = Guid.CreateVersion7(now),
                OrderId = order.Id,
                AccountId = account.Id,
                Position = i,
                Type = names[i].Type,
                Value = names[i].Value,
                ExpiresAt = order.ExpiresAt,
            };
            authorization.Challenges.AddRange(ChallengeTypes.All.Select(type => new AcmeChallenge
            {
                Id = Guid.CreateVersion7(now),
                Type = type,
                Token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
            }));
            order.Authorizations.Add(authorization);
        }

        return order;
    }
}
