using System.Globalization;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>OIDC Core §8.1: which clients know persons by an identifier of their sector, and which sector that is.</summary>
internal static class ClientSectors
{
    private const string Pairwise = "pairwise";

    /// <summary>All names of the own machine are one host: a native app registers several of them (RFC 8252 §7.3).</summary>
    private const string Loopback = "localhost";

    /// <summary>Host names are letters, digits and hyphens (RFC 1123 §2.1), in whatever alphabet they are written here.</summary>
    private static readonly IdnMapping Ascii = new() { UseStd3AsciiRules = true };

    /// <returns>The sector of a pairwise client that has no <see cref="Failures"/>; null for one whose <c>sub</c> is the account.</returns>
    public static string? Of(ClientSettings client)
    {
        if (!IsPairwise(client))
        {
            return null;
        }

        return string.IsNullOrEmpty(client.SectorIdentifier) ? HostsOf(client).FirstOrDefault() : HostName(client.SectorIdentifier);
    }

    public static IEnumerable<string> Failures(string key, ClientSettings client)
    {
        var given = !string.IsNullOrEmpty(client.SectorIdentifier);
        if (!IsPairwise(client))
        {
            if (given)
            {
                yield return $"{key}:SectorIdentifier: this client is not pairwise (SubjectType): its sub is the account, and no sector changes that.";
            }

            yield break;
        }

        if (client.FirstParty)
        {
            yield return $"{key}:SubjectType: a client of the platform (FirstParty) cannot be pairwise: its cases, bills and licences must name the account.";
        }

        foreach (var scope in client.Scopes.Where(IsOfPlatform))
        {
            yield return $"{key}:SubjectType: pairwise does not go with the scope {scope}: an access token for an API of the platform must name the account.";
        }

        if (given && HostName(client.SectorIdentifier!) is null)
        {
            yield return $"{key}:SectorIdentifier: {client.SectorIdentifier} is no host name.";
        }

        if (!given && HostsOf(client) is [Loopback])
        {
            yield return $"{key}:SectorIdentifier: it must be given: every native app is on its user's own machine, and those of two vendors are not of one sector.";
        }

        if (!given && HostsOf(client) is var hosts && hosts.Count != 1)
        {
            yield return $"{key}:SectorIdentifier: it must be given, because the redirect URIs of this pairwise client are not on one host ({string.Join(", ", hosts)}; OIDC Core 8.1).";
        }
    }

    /// <summary>Whoever signs people in from outside and calls no API of the platform need not know of whom another client speaks.</summary>
    private static bool IsPairwise(ClientSettings client) => string.IsNullOrEmpty(client.SubjectType)
        ? !client.FirstParty && client.GrantTypes.Contains("authorization_code") && !client.Scopes.Any(IsOfPlatform)
        : client.SubjectType == Pairwise;

    private static bool IsOfPlatform(string scope) => ScopeCatalogue.AudiencesOf([scope]).Any();

    private static List<string> HostsOf(ClientSettings client) =>
        [.. client.RedirectUris.Select(HostOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string? HostOf(string redirectUri) => !Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) ? null
        : uri.IsLoopback ? Loopback
        : uri.HostNameType == UriHostNameType.Dns ? HostName(uri.Host) ?? uri.Host
        : uri.Host;

    /// <summary>One spelling of a host name, so that two of the same sector are not taken for two sectors.</summary>
    /// <returns>Null when it is none.</returns>
    private static string? HostName(string text)
    {
        var name = text.TrimEnd('.');
        try
        {
            return Uri.CheckHostName(name) == UriHostNameType.Dns ? Ascii.GetAscii(name.ToLowerInvariant()) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
