using System.Net;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>The watch's parts in the app.</summary>
internal static class UseWatchHosting
{
    public static void AddUseWatch(this IServiceCollection services)
    {
        services.AddValidatedOptions<UseWatchSettings>(UseWatchSettings.Section);
        services.AddHttpClient(WatchUses.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli });
        services.AddSingleton<UseWatchFile>();
        services.AddHostedService<WatchUses>();
        services.AddHealthChecks().AddCheck<UseWatchHealth>("transparency");
    }
}
