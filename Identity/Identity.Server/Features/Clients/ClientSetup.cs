namespace Yinxin.Identity.Server.Features.Clients;

internal static class ClientSetup
{
    public static void AddClients(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ClientCatalogue>();
        builder.Services.AddSingleton(FormOrigins.From(builder.Configuration));
        builder.Services.AddHostedService<ClientSeeding>();
    }
}
