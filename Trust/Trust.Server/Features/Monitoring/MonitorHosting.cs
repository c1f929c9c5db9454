using System.Net;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>The monitor's parts in the app; after the log's, whose keys it needs.</summary>
internal static class MonitorHosting
{
    public static void AddMonitor(this IServiceCollection services)
    {
        services.AddValidatedOptions<MonitorSettings>(MonitorSettings.Section);
        services.AddHttpClient(MonitorLogs.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli });
        services.AddScoped<MonitorStore>();
        services.AddSingleton<OwnEntries>();
        services.AddSingleton<MonitorLogs>();
        services.AddHostedService(provider => provider.GetRequiredService<MonitorLogs>());
        services.AddHealthChecks().AddCheck<MonitorHealth>("transparency");
    }
}
