using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>HTTP message signature (RFC 9421) by hmac-sha256 over method, address, type, key of the message and the digest of its body (RFC 9530).</summary>
internal static class MessageSignature
{
    private const string Components = """("@method" "@target-uri" "content-type" "content-digest" "idempotency-key")""";

    public static void Sign(HttpRequestMessage request, byte[] body, (string KeyId, byte[] Secret) key, DateTimeOffset now)
    {
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
        var created = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var parameters = $"{Components};created={created};keyid=\"{key.KeyId}\";alg=\"hmac-sha256\"";
        var signed = string.Join('\n',
        [
            $"\"@method\": {request.Method}",
            $"\"@target-uri\": {request.RequestUri!.AbsoluteUri}",
            $"\"content-type\": {request.Content!.Headers.ContentType}",
            $"\"content-digest\": {digest}",
            $"\"idempotency-key\": {request.Headers.GetValues("Idempotency-Key").Single()}",
            $"\"@signature-params\": {parameters}",
        ]);
        request.Content.Headers.Add("Content-Digest", digest);
        request.Headers.Add("Signature-Input", "sig1=" + parameters);
        request.Headers.Add("Signature", $"sig1=:{Convert.ToBase64String(HMACSHA256.HashData(key.Secret, Encoding.ASCII.GetBytes(signed)))}:");
    }

    public static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
