using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Yinxin.Identity.Client.Assurance;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Client.Presence;

/// <summary>
/// Lets an API carry out a transaction that the person confirmed in person, once: spends the proof at Identity, which refuses one that is used, over, or of
/// another transaction, content, client, session or person.
/// </summary>
public sealed class PresenceGate(HttpClient identity, TimeProvider time)
{
    /// <summary>Code of the refusal (401). Its <c>authorization_details</c> are what the client sends with its next authorization request.</summary>
    public const string Code = "presence.required";

    private static readonly Problem Required = new(
        Code, StatusCodes.Status401Unauthorized, "此操作需要您本人在场确认。", "This has to be confirmed by you in person.");

    private static readonly Problem Unavailable = new(
        "presence.unavailable", StatusCodes.Status503ServiceUnavailable, "暂时无法确认本人在场证明，请稍后再试。", "The proof of presence cannot be checked at the moment. Please try again in a while.");

    /// <summary>Call right before the act, after everything else was checked: a proof spent on a refused request is gone.</summary>
    /// <param name="http">The request with the person's token.</param>
    /// <param name="request">What is about to be done, by the API's own knowledge and not by the token's.</param>
    /// <param name="operation">The API's name of this one execution, e.g. its idempotency key: repeating the same one after a crash is no second use.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">401 <see cref="Code"/> with <c>reason</c> (<c>missing</c>, <c>method</c>, or Identity's word) and the RFC 9470 challenge; 503 when Identity cannot be asked.</exception>
    public async Task DemandAsync(HttpContext http, PresenceRequest request, string operation, CancellationToken cancellationToken)
    {
        var user = http.User;
        if (user.Presence(request.Transaction, request.Digest, time.GetUtcNow()) is not { } held)
        {
            throw Refusal(http, request, "missing");
        }

        if (!request.Takes(held.Method))
        {
            throw Refusal(http, request, "method");
        }

        if (await SpendAsync(user, held, request, operation, cancellationToken) is { } reason)
        {
            throw Refusal(http, request, reason);
        }
    }

    private async Task<string?> SpendAsync(ClaimsPrincipal user, HeldPresence held, PresenceRequest request, string operation, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/presence-proofs/spend");
        message.Content = JsonContent.Create(new
        {
            proof = held.Proof,
            request.Transaction,
            request.Digest,
            subject = user.FindFirstValue("sub"),
            client = user.FindFirstValue("client_id"),
            session = user.FindFirstValue("sid"),
            operation,
        });

        // Safe to repeat: the same operation spends the same proof once.
        message.Headers.Add("Idempotency-Key", operation);
        try
        {
            using var response = await identity.SendAsync(message, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return null;
            }

            if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity))
            {
                throw Unavailable.Exception();
            }

            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return problem.TryGetProperty("code", out var code) ? code.GetString() ?? "refused" : "refused";
        }
        catch (HttpRequestException)
        {
            throw Unavailable.Exception();
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable.Exception();
        }
    }

    /// <summary>RFC 9470 §3 and, for what is to be confirmed, RFC 9396.</summary>
    private static ProblemException Refusal(HttpContext http, PresenceRequest request, string reason)
    {
        http.Response.OnStarting(() =>
        {
            // When the answer starts: the problem's writer clears what was set before.
            http.Response.Headers.WWWAuthenticate =
                $"Bearer error=\"insufficient_user_authentication\", error_description=\"The transaction has to be confirmed in person\", acr_values=\"{AssuranceLevel.Advanced.Acr()}\"";
            return Task.CompletedTask;
        });
        var exception = Required.Exception();
        exception.Extensions["reason"] = reason;
        exception.Extensions[HeldPresence.ClaimType] = request.ToAuthorizationDetails();
        return exception;
    }
}
