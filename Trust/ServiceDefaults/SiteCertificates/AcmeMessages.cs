using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>Signs messages as RFC 8555 §6.2 wants them: flattened JWS by ES256.</summary>
internal static class AcmeMessages
{
    /// <summary>The public key (RFC 7517), its members in the order of RFC 7638.</summary>
    public static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["crv"] = "P-256", ["kty"] = "EC", ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!) };
    }

    public static string Thumbprint(ECDsa key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Jwk(key).ToJsonString())));

    public static JsonObject Sign(ECDsa key, JsonObject header, string payload) => Flatten(header, payload, data => key.SignData(data, HashAlgorithmName.SHA256));

    /// <summary>Binds a new account's key (RFC 8555 §7.3.4).</summary>
    public static JsonObject Bind(ECDsa key, string kid, string hmacKey, Uri newAccount) => Flatten(
        new JsonObject { ["alg"] = "HS256", ["kid"] = kid, ["url"] = newAccount.OriginalString }, Jwk(key).ToJsonString(), data => HMACSHA256.HashData(Base64Url.DecodeFromChars(hmacKey), data));

    private static JsonObject Flatten(JsonObject header, string payload, Func<byte[], byte[]> sign)
    {
        var (first, second) = (Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString())), Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload)));
        return new JsonObject { ["protected"] = first, ["payload"] = second, ["signature"] = Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{first}.{second}"))) };
    }
}
