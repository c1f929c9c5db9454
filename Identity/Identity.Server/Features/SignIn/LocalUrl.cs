namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Where a page may send the browser afterwards: paths of this app and nothing else (RFC 9700 §4.11).</summary>
internal static class LocalUrl
{
    /// <summary><paramref name="url"/> if it is a path of this app, else the account page.</summary>
    public static string OrHome(string? url) => IsLocal(url) ? url! : "/account";

    /// <summary>
    /// One leading slash, then neither slash nor backslash; no control character, because browsers drop tabs and newlines and
    /// would read <c>/\t/host</c> as <c>//host</c>.
    /// </summary>
    public static bool IsLocal(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl) && !Uri.UnescapeDataString(url.Split('?')[0]).StartsWith("//", StringComparison.Ordinal);
}
