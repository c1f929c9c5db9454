using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>How an app signs people in.</summary>
public sealed class YinxinSignInOptions
{
    /// <summary>Short name of the app, part of its cookies' names: ports of one host share cookies. Default: the client identifier.</summary>
    public string? App { get; set; }

    /// <summary>The OIDC client; default <c>Tokens:ClientId</c>.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its secret; default <c>Tokens:ClientSecret</c>.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The app's own among the public addresses, such as <c>addresses => addresses.Web</c>: where that is HTTPS its cookies are for HTTPS alone, also behind a proxy that ends TLS. Default: where it listens decides.</summary>
    public Func<AddressSettings, Uri>? Address { get; set; }

    /// <summary>Scopes beyond <c>openid profile offline_access</c>: the APIs that the app calls in the person's name.</summary>
    public IList<string> Scopes { get; } = [];
}
