namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>Comparison of redirect URIs: character by character (RFC 9700 §2.1), except the port of a native app on loopback (RFC 8252 §7.3).</summary>
internal static class RedirectUris
{
    private static readonly string[] LoopbackHosts = ["127.0.0.1", "[::1]", "localhost"];

    public static bool MayRegister(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Fragment.Length == 0 && parsed.UserInfo.Length == 0 && !uri.Contains('#') &&
        (parsed.Scheme == Uri.UriSchemeHttps || (parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback));

    /// <summary>True when <paramref name="asked"/> is one of <paramref name="registered"/>.</summary>
    public static bool Contains(IEnumerable<string> registered, string? asked) =>
        !string.IsNullOrEmpty(asked) && registered.Any(uri => uri == asked || IsSameButForPort(uri, asked));

    /// <summary>
    /// A loopback URI registered without a port stands for every port. The rest is compared as text, after cutting the port out,
    /// so that no parser's idea of equality gets in.
    /// </summary>
    private static bool IsSameButForPort(string registered, string asked)
    {
        foreach (var host in LoopbackHosts)
        {
            var start = $"http://{host}";
            if (!registered.StartsWith(start + "/", StringComparison.Ordinal) || !asked.StartsWith(start + ":", StringComparison.Ordinal))
            {
                continue;
            }

            var rest = asked.AsSpan(start.Length + 1);
            var end = rest.IndexOf('/');
            return end is > 0 and <= 5 && rest[..end].IndexOfAnyExceptInRange('0', '9') < 0 && rest[0] != '0' &&
                int.Parse(rest[..end], System.Globalization.CultureInfo.InvariantCulture) <= 65535 &&
                rest[end..].SequenceEqual(registered.AsSpan(start.Length));
        }

        return false;
    }
}
