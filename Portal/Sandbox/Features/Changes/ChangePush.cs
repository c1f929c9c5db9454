using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Sandbox.Data;
using Yinxin.Sandbox.Signing;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Sandbox.Features.Changes;

/// <summary>Tells the subscriber of a change: a JWS of the register's authority, made anew for each attempt, until he takes it.</summary>
internal sealed class ChangePush(SandboxContext database, AuthorityKeys keys, IHttpClientFactory clients, IOptions<SandboxSettings> settings, TimeProvider time) : IOutboxHandler
{
    public const string KindName = "register.change";
    public const string TokenType = "authority-event+jwt";

    public string Kind => KindName;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (settings.Value.Subscriber is not { } subscriber)
        {
            return;
        }

        var id = message.Read<string>();
        var change = await database.Changes.AsNoTracking().SingleAsync(c => c.Id == id, cancellationToken);
        using var content = new StringContent(Statement(change, keys, time), new MediaTypeHeaderValue(SignAnswers.MediaType));
        using var response = await clients.CreateClient("callback").PostAsync(subscriber, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>One change as its authority signs it, now.</summary>
    public static string Statement(RegisterChange change, AuthorityKeys keys, TimeProvider time) => SignAnswers.Sign(
        new JsonObject
        {
            ["iss"] = change.Authority,
            ["aud"] = "yinxin-identity",
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["jti"] = change.Id,
            ["change"] = JsonSerializer.SerializeToNode(Changes.Told.Of(change), JsonSerializerOptions.Web),
        },
        keys.Of(change.Authority), TokenType);
}
