using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Witnessing;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>The log's parts in the app. The keys come first: everything after them signs.</summary>
internal static class LogHosting
{
    public static void AddLog(this IServiceCollection services)
    {
        services.AddValidatedOptions<LogSettings>(LogSettings.Section);
        services.AddValidatedOptions<WitnessSettings>(WitnessSettings.Section);
        services.TryAddSingleton<ITileStore>(provider => new TileDirectory(
            provider.GetRequiredService<IOptions<LogSettings>>().Value.Directory ?? Path.Combine(provider.GetRequiredService<IOptions<AppSettings>>().Value.DataDirectory, "log")));
        services.AddHttpClient(Cosigners.ClientName, client => client.Timeout = TimeSpan.FromSeconds(60));
        services.AddSingleton<LogStore>();
        services.AddSingleton<LogProgress>();
        services.AddSingleton<LogProofs>();
        services.AddSingleton<Cosigners>();
        services.AddSingleton<WitnessSigner>();
        AddHosted<LogKeys>(services);
        AddHosted<LogAppender>(services);
        AddHosted<LogSequencer>(services);
    }

    public static void MapLog(this WebApplication app)
    {
        AppendEntry.Map(app);
        LogProofs.Map(app);
        ServeLog.Map(app);
        AddCheckpoint.Map(app);
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
