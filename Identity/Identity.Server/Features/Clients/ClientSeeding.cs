using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Clients;

/// <summary>Brings the clients of the configuration into the database at start, then fills the catalogue. A wrong one stops the start.</summary>
internal sealed class ClientSeeding(IServiceScopeFactory scopes, IConfiguration configuration, ClientCatalogue catalogue, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var sections = configuration.GetSection(ClientSettings.Section).GetChildren().ToList();
        var wanted = sections.ConvertAll(s => s.Get<ClientSettings>() ?? new ClientSettings());
        var failures = sections.Zip(wanted).SelectMany(pair => ClientRules.Failures(pair.First.Path, pair.Second)).ToList();
        if (failures.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, failures));
        }

        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var known = await database.Clients.ToDictionaryAsync(c => c.ClientId, StringComparer.Ordinal, cancellationToken);
        foreach (var settings in wanted)
        {
            if (!known.TryGetValue(settings.ClientId, out var client))
            {
                client = new Client { Id = Guid.CreateVersion7(time.GetUtcNow()), ClientId = settings.ClientId, DisplayName = settings.DisplayName };
                database.Clients.Add(client);
            }

            Apply(settings, client);
            if (database.ChangeTracker.HasChanges())
            {
                client.UpdatedAt = time.GetUtcNow();
            }
        }

        await database.SaveChangesAsync(cancellationToken);
        await catalogue.ReloadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Apply(ClientSettings settings, Client client)
    {
        client.DisplayName = settings.DisplayName;
        client.IsPublic = settings.Type == "public";
        client.SecretHash = settings.Secret is null ? null : ClientCatalogue.Hash(settings.Secret);
        client.FirstParty = settings.FirstParty;
        client.RedirectUris = [.. settings.RedirectUris];
        client.PostLogoutRedirectUris = [.. settings.PostLogoutRedirectUris];
        client.BackChannelLogoutUri = string.IsNullOrEmpty(settings.BackChannelLogoutUri) ? null : settings.BackChannelLogoutUri;
        client.SectorIdentifier = ClientSectors.Of(settings);
        client.Scopes = [.. settings.Scopes];
        client.GrantTypes = [.. settings.GrantTypes];
        client.IdTokenAlgorithm = settings.IdTokenAlgorithm;
        client.RequirePushedRequests = settings.RequirePushedRequests;
        client.AuthorizationDetailsTypes = [.. settings.AuthorizationDetailsTypes];
        client.VerifiedClaims = [.. settings.VerifiedClaims];
        client.PurposeChinese = settings.PurposeChinese;
        client.PurposeEnglish = settings.PurposeEnglish;
    }
}
