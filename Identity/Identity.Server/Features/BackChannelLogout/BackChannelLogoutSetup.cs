using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

internal static class BackChannelLogoutSetup
{
    private const int LargestHeadersInKilobytes = 16;

    public static void AddBackChannelLogout(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(LogoutDelivery.ClientName, client => client.Timeout = TimeSpan.FromSeconds(5)).UseSocketsHttpHandler((handler, _) =>
        {
            // What is meant for the registered address goes to no other, wherever its answer points.
            (handler.AllowAutoRedirect, handler.UseCookies, handler.MaxResponseHeadersLength) = (false, false, LargestHeadersInKilobytes);
        });
        builder.Services.AddSingleton<SilentClients>();
        builder.Services.AddSingleton<LogoutTokenWriter>();
        builder.Services.AddScoped<LogoutMessages>();
        builder.Services.AddOutboxHandler<LogoutDelivery>();
        builder.Services.AddHostedService<LogoutFollower>();
    }
}
