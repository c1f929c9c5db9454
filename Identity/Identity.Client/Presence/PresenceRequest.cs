using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Yinxin.Identity.Client.Presence;

/// <summary>What a person is asked to confirm in person (本人在场确认): level Advanced, for one transaction, minutes, once.</summary>
/// <param name="Transaction">The API's name of the transaction: 1 to 100 letters, digits or <c>-._:~</c>.</param>
/// <param name="Chinese">What is confirmed, 1 to 200 characters; the person reads it at Identity.</param>
/// <param name="English">The same in English.</param>
/// <param name="Digest">SHA-256 in base64url of what is confirmed (<see cref="DigestOf"/>): another content needs another proof. Null when the transaction's name says it all.</param>
/// <param name="Methods">The ways that will do, at least one; null: whichever Identity offers. A proof by another one is refused, whatever its client asked for.</param>
public sealed record PresenceRequest(string Transaction, string Chinese, string English, string? Digest = null, IReadOnlyCollection<PresenceMethod>? Methods = null)
{
    /// <summary>RFC 9396 §2: the type of the authorization detail.</summary>
    public const string Type = "urn:yinxin:presence";

    /// <summary>SHA-256 in base64url.</summary>
    /// <param name="content">What is confirmed, in bytes that come out the same each time.</param>
    public static string DigestOf(ReadOnlySpan<byte> content) => WebEncoders.Base64UrlEncode(SHA256.HashData(content));

    /// <summary>Whether a proof by this method will do; <paramref name="method"/> as the token spells it, null in one of a former release, which knew the face alone.</summary>
    internal bool Takes(string? method) => Methods is null || Methods.Any(m => m.Name() == (method ?? PresenceMethod.Face.Name()));

    /// <summary>The value of <c>authorization_details</c> that asks for it.</summary>
    public JsonElement ToAuthorizationDetails()
    {
        var detail = new JsonObject
        {
            ["type"] = Type,
            ["transaction"] = Transaction,
            ["purpose"] = new JsonObject { ["zh"] = Chinese, ["en"] = English },
        };
        if (Digest is not null)
        {
            detail["digest"] = Digest;
        }

        if (Methods is not null)
        {
            detail["methods"] = new JsonArray([.. Methods.Select(m => (JsonNode)m.Name())]);
        }

        return JsonSerializer.SerializeToElement(new JsonArray(detail));
    }
}
