using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Yinxin.Payment.Features.Channel;

/// <summary>HMAC-SHA256 over <c>timestamp.body</c>, hex, at most five minutes old.</summary>
internal sealed class ChannelSignature(IOptions<ChannelSettings> settings, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public (string Timestamp, string Signature) Sign(string body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return (timestamp, Compute(timestamp, body));
    }

    public bool Verify(string timestamp, string signature, string body) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300799
        && (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= Window
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Compute(timestamp, body)), Encoding.UTF8.GetBytes(signature));

    private string Compute(string timestamp, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.Value.Secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));
}
