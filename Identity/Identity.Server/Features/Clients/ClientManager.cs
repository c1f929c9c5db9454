using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>The engine's questions about clients, answered by our own rules: exact redirect URIs, fast secrets.</summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<Client> cache,
    ILogger<OpenIddictApplicationManager<Client>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store,
    ClientCatalogue catalogue)
    : OpenIddictApplicationManager<Client>(cache, logger, options, store)
{
    public override ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken = default) =>
        new(catalogue.Find(identifier));

    public override ValueTask<bool> ValidateClientSecretAsync(Client application, string secret, CancellationToken cancellationToken = default) =>
        new(ClientCatalogue.SecretMatches(application, secret));

    public override ValueTask<bool> ValidateRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        new(RedirectUris.Contains(application.RedirectUris, uri));

    public override ValueTask<bool> ValidatePostLogoutRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        new(RedirectUris.Contains(application.PostLogoutRedirectUris, uri));
}
