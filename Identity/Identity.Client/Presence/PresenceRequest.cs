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
public sealed record PresenceRequest(string Transaction, string Chinese, string English, string? Digest = null)
{
    /// <summary>RFC 9396 §2: the type of the authorization detail.</summary>
    public const string Type = "urn:yinxin:presence";

    /// <summary>SHA-256 in base64url.</summary>
    /// <param name="content">What is confirmed, in bytes that come out the same each time.</param>
    public static string DigestOf(ReadOnlySpan<byte> content) => WebEncoders.Base64UrlEncode(SHA256.HashData(content));

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

        return JsonSerializer.SerializeToElement(new JsonArray(detail));
    }
}
