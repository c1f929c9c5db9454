using System.ComponentModel.DataAnnotations;
using Yinxin.Identity.Server.Features.Imports;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.VerifiedClaims;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>What a client must look like before it is stored; each failure names its configuration key.</summary>
internal static class ClientRules
{
    private const int ShortestSecret = 32;
    private static readonly HashSet<string> KnownGrants = ["authorization_code", "refresh_token", "client_credentials"];

    public static IEnumerable<string> Failures(string key, ClientSettings client)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(client, new ValidationContext(client), results, validateAllProperties: true);
        foreach (var result in results)
        {
            yield return $"{key}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}";
        }

        if (client.Type == "confidential" && (client.Secret?.Length ?? 0) < ShortestSecret)
        {
            yield return $"{key}:Secret: a confidential client needs a random secret of at least {ShortestSecret} characters (it is kept as one SHA-256).";
        }

        if (client.Type == "public" && (client.Secret is not null || client.GrantTypes.Contains("client_credentials")))
        {
            yield return $"{key}:Type: a public client has neither a secret nor client_credentials.";
        }

        foreach (var grant in client.GrantTypes.Where(g => !KnownGrants.Contains(g)))
        {
            yield return $"{key}:GrantTypes: {grant} is not offered.";
        }

        foreach (var scope in client.Scopes.Where(s => !ScopeCatalogue.All.Contains(s)))
        {
            yield return $"{key}:Scopes: {scope} is unknown.";
        }

        foreach (var type in client.AuthorizationDetailsTypes.Where(t => t != PresenceDetail.Type))
        {
            yield return $"{key}:AuthorizationDetailsTypes: {type} is not offered.";
        }

        foreach (var claim in client.VerifiedClaims.Where(c => !VerifiedClaimCatalogue.Names.Contains(c)))
        {
            yield return $"{key}:VerifiedClaims: {claim} is not offered.";
        }

        foreach (var source in client.ImportSources.Where(s => !ImportSources.IsName(s)))
        {
            yield return $"{key}:ImportSources: {source} is no source; it has 1 to 40 lower-case letters, digits and hyphens.";
        }

        if (client.ImportSources.Count > 0 && !client.Scopes.Contains("identity.import"))
        {
            yield return $"{key}:ImportSources: without the scope identity.import this client hands nobody over.";
        }

        if (client.VerifiedClaims.Count > 0 && (string.IsNullOrWhiteSpace(client.PurposeChinese) || string.IsNullOrWhiteSpace(client.PurposeEnglish)))
        {
            yield return $"{key}:PurposeChinese: verified claims need a purpose in both languages (PurposeChinese, PurposeEnglish).";
        }

        foreach (var uri in client.RedirectUris.Concat(client.PostLogoutRedirectUris).Where(u => !RedirectUris.MayRegister(u)))
        {
            yield return $"{key}:RedirectUris: {uri} must be absolute HTTPS, or HTTP on loopback, without fragment or user information.";
        }

        if (client.BackChannelLogoutUri is { Length: > 0 } logout)
        {
            if (!RedirectUris.MayRegister(logout))
            {
                yield return $"{key}:BackChannelLogoutUri: {logout} must be absolute HTTPS, or HTTP on loopback, without fragment or user information.";
            }

            if (!client.GrantTypes.Contains("authorization_code"))
            {
                yield return $"{key}:BackChannelLogoutUri: without authorization_code nobody signs in at this client, so no session of its users can end.";
            }
        }

        foreach (var failure in ClientSectors.Failures(key, client))
        {
            yield return failure;
        }
    }
}
