namespace Yinxin.Identity.Server.Features.Clients;

internal static class ClientSetup
{
    public static void AddClients(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ClientCatalogue>();
        builder.Services.AddHostedService<ClientSeeding>();
    }
}
