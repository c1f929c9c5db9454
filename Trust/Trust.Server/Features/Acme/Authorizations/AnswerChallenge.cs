using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Acme.Validation;

namespace Yinxin.Trust.Server.Features.Acme.Authorizations;

/// <summary>POST /acme/challenge/{id}: with <c>{}</c> the client says that the proof is in place; as GET it shows the challenge (RFC 8555 §7.5.1).</summary>
internal sealed class AnswerChallenge(TrustContext database, SignedRequests requests, ChallengeSignal signal, AcmeAddresses addresses, TimeProvider time)
{
    private const string RetryAfter = "2";

    public static void Map(RouteGroupBuilder group) => group.MapPost("/challenge/{id}", (string id, HttpContext http, AnswerChallenge handler) => handler.HandleAsync(id, http));

    private async Task<IResult> HandleAsync(string id, HttpContext http)
    {
        var request = await requests.FromAccountAsync(http);
        var found = await FindAsync(id, request.Owner, http.RequestAborted);
        if (!request.IsRead)
        {
            DemandEmpty(request.Json);
            await StartAsync(found, request.Key, http.RequestAborted);
            found = await FindAsync(id, request.Owner, http.RequestAborted);
        }

        http.Response.Headers.Append("Link", $"<{addresses.Authorization(found.AuthorizationId)}>;rel=\"up\"");
        if (found.Status == AcmeChallengeStatus.Processing)
        {
            http.Response.Headers.RetryAfter = RetryAfter;
        }

        return AcmeJson.Answer(ChallengeView.Of(found, addresses));
    }

    /// <summary>The first answer starts the looking; another one changes nothing.</summary>
    private async Task StartAsync(AcmeChallenge challenge, AcmeKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (id, proof) = (challenge.Id, $"{challenge.Token}.{key.Thumbprint}");
        var started = await database.Set<AcmeChallenge>()
            .Where(c => c.Id == id && c.Status == AcmeChallengeStatus.Pending && c.Authorization!.Status == AcmeAuthorizationStatus.Pending && c.Authorization.ExpiresAt > now
                && !database.Set<AcmeChallenge>().Any(o => o.AuthorizationId == c.AuthorizationId && o.Status != AcmeChallengeStatus.Pending))
            .ExecuteUpdateAsync(
                set => set.SetProperty(c => c.Status, AcmeChallengeStatus.Processing).SetProperty(c => c.KeyAuthorization, proof).SetProperty(c => c.DueAt, now), cancellationToken);
        if (started == 1)
        {
            signal.Wake();
        }
        else if (challenge is { Status: AcmeChallengeStatus.Pending })
        {
            throw AcmeErrorKind.Malformed.Because("The authorization is not pending any more, or another of its challenges was answered.");
        }
    }

    private async Task<AcmeChallenge> FindAsync(string id, AcmeAccount account, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out var challenge)
        && await database.Set<AcmeChallenge>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == challenge && c.Authorization!.AccountId == account.Id, cancellationToken) is { } found
            ? found : throw OwnOrders.NotFound("challenge");

    private static void DemandEmpty(JsonElement payload)
    {
        if (payload.EnumerateObject().Any())
        {
            throw AcmeErrorKind.Malformed.Because("A challenge is answered by an empty object.");
        }
    }
}
