using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Yinxin.Sandbox.Features.Channel;

/// <summary>HMAC-SHA256 over <c>timestamp.body</c>, hex; the timestamp is Unix seconds and at most five minutes off.</summary>
internal sealed class ChannelSignature(IOptions<SandboxSettings> settings, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public (string Timestamp, string Signature) Sign(string body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return (timestamp, Compute(timestamp, body));
    }

    public bool Verify(HttpRequest request, string body)
    {
        var timestamp = request.Headers["X-Channel-Timestamp"].ToString();
        return long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, 253402300799))).Duration() <= Window
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Compute(timestamp, body)), Encoding.UTF8.GetBytes(request.Headers["X-Channel-Signature"].ToString()));
    }

    private string Compute(string timestamp, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Value.ChannelSecret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));
}
