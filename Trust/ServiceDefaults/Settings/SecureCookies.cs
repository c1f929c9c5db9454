using Microsoft.AspNetCore.Http;

namespace Yinxin.ServiceDefaults.Settings;

/// <summary>
/// Whether an app's cookies are for HTTPS alone. Its public address says so, for that is what browsers see: behind a proxy that ends TLS the app itself listens on HTTP. One that listens on
/// HTTPS is never laxer, whatever its public address says.
/// </summary>
/// <param name="app">Where the app listens.</param>
/// <param name="address">Its public address; null where nobody said which.</param>
public sealed class SecureCookies(AppSettings app, Uri? address)
{
    /// <summary>Whether a browser may send them over HTTPS only.</summary>
    public bool Wanted { get; } = app.Address.Scheme == Uri.UriSchemeHttps || address?.Scheme == Uri.UriSchemeHttps;

    /// <summary>The same for a cookie of the framework.</summary>
    public CookieSecurePolicy Policy => Wanted ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    /// <summary>A cookie's name; the prefix pins it to this host where TLS allows it, so that no neighbour can set it. Its path has to be <c>/</c>.</summary>
    public string Name(string name) => Wanted ? "__Host-" + name : name;
}
