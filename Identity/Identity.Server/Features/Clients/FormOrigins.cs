using Yinxin.ServiceDefaults.Security;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>
/// The sign-in form's redirects end at a client, and browsers hold a form to <c>form-action</c> along the whole way: the policy
/// names every client's origin.
/// </summary>
internal static class FormOrigins
{
    public static FormTargets From(IConfiguration configuration)
    {
        var targets = new FormTargets();
        foreach (var client in configuration.GetSection(ClientSettings.Section).Get<List<ClientSettings>>() ?? [])
        {
            foreach (var text in client.RedirectUris.Concat(client.PostLogoutRedirectUris))
            {
                if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.HostNameType != UriHostNameType.IPv6)
                {
                    // Loopback without a port stands for every port; IPv6 addresses cannot be written in a policy at all.
                    var anyPort = uri.IsLoopback && !text.StartsWith($"http://{uri.Host}:", StringComparison.Ordinal);
                    targets.Origins.Add(anyPort ? $"{uri.Scheme}://{uri.Host}:*" : uri.GetLeftPart(UriPartial.Authority));
                }
            }
        }

        // The forms that begin a consent or a live check end at its provider.
        foreach (var provider in (string[])["Alipay", "RealPerson"])
        {
            if (configuration.GetValue<Uri>($"Authorities:{provider}:Address") is { IsAbsoluteUri: true } address && address.HostNameType != UriHostNameType.IPv6)
            {
                targets.Origins.Add(address.GetLeftPart(UriPartial.Authority));
            }
        }

        return targets;
    }
}
