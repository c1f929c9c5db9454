using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>POST /acme/key-change: another key for an account, asked for by the old one and agreed to by the new one (RFC 8555 §7.3.5).</summary>
internal sealed class ChangeKey(TrustContext database, SignedRequests requests, IAuditTrail audit, IDataCipher cipher, AcmeAddresses addresses)
{
    public static void Map(RouteGroupBuilder group) => group.MapPost("/key-change", (HttpContext http, ChangeKey handler) => handler.HandleAsync(http));

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        var next = NewKey(request, addresses.Of(http.Request));
        await DemandFreeAsync(next, http.RequestAborted);
        await using var transaction = await database.Database.BeginTransactionAsync(http.RequestAborted);
        await ReplaceAsync(request, next, http.RequestAborted);
        var id = request.Owner.Id.ToString("N");
        audit.Add(new AuditEntry("trust.acme.account.keyChanged", id, "acme:" + id, Details: new { from = request.Key.Thumbprint, to = next.Thumbprint }));
        await database.SaveChangesAsync(http.RequestAborted);
        await transaction.CommitAsync(CancellationToken.None);
        return AcmeJson.Answer(AccountView.Of(request.Owner, addresses, cipher));
    }

    private AcmeKey NewKey(SignedRequest request, string url)
    {
        var inner = FlattenedMessage.Read(request.Json);
        SignedRequests.DemandAlgorithm(inner.Algorithm);
        if (inner.Jwk is not { } jwk || inner.Nonce is not null || inner.Url != url)
        {
            throw AcmeErrorKind.Malformed.Because("The inner JWS carries the new key as jwk, the same url, and no nonce.");
        }

        var key = AcmeKey.Read(jwk);
        if (!key.Verifies(inner.Algorithm, inner.Signed, inner.Signature))
        {
            throw AcmeErrorKind.Malformed.Because("The inner JWS is not signed by the new key.");
        }

        var payload = FlattenedMessage.Json(inner.Payload, "inner payload");
        return payload.TryGetProperty("account", out var account) && account.ValueKind == JsonValueKind.String && account.GetString() == addresses.Account(request.Owner.Id)
            && payload.TryGetProperty("oldKey", out var old) && AcmeKey.Read(old).Thumbprint == request.Key.Thumbprint
            ? key : throw AcmeErrorKind.Malformed.Because("The inner payload names the account and its present key.");
    }

    private async Task ReplaceAsync(SignedRequest request, AcmeKey next, CancellationToken cancellationToken)
    {
        try
        {
            var changed = await database.Set<AcmeAccount>().Where(a => a.Id == request.Owner.Id && a.Thumbprint == request.Key.Thumbprint && a.Status == AcmeAccountStatus.Valid)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(a => a.Thumbprint, next.Thumbprint).SetProperty(a => a.PublicKey, next.Info).SetProperty(a => a.KeyType, next.Type), cancellationToken);
            if (changed != 1)
            {
                throw AcmeErrorKind.Unauthorized.Because("The account has another key by now.");
            }
        }
        catch (Exception e) when (UniqueViolation.IsUniqueViolation(new DbUpdateException("", e)))
        {
            throw new AcmeException(AcmeErrorKind.Malformed, "Another account took this key in the same moment.") { Status = StatusCodes.Status409Conflict };
        }
    }

    private async Task DemandFreeAsync(AcmeKey next, CancellationToken cancellationToken)
    {
        if (await database.Set<AcmeAccount>().Where(a => a.Thumbprint == next.Thumbprint).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken) is { } other)
        {
            throw new AcmeException(AcmeErrorKind.Malformed, "An account has this key already.") { Status = StatusCodes.Status409Conflict, Header = ("Location", addresses.Account(other)) };
        }
    }
}
