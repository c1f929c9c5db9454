using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Trust.Server.Features.Expiry;

/// <summary>The expiry watch's parts in the app; after the authorities, whose certificates it watches too.</summary>
internal static class ExpiryHosting
{
    private const int LargestHeadersInKilobytes = 16;

    public static void AddExpiryWatch(this IServiceCollection services)
    {
        services.AddValidatedOptions<ExpirySettings>(ExpirySettings.Section);
        services.AddHttpClient(ExpiryDelivery.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan).UseSocketsHttpHandler((handler, _) =>
        {
            // What was meant for one address goes to no other; what it answers is not kept.
            (handler.AllowAutoRedirect, handler.UseCookies, handler.MaxResponseHeadersLength) = (false, false, LargestHeadersInKilobytes);
        });
        services.AddOutboxHandler<ExpiryDelivery>();
        services.AddScoped<OwnCertificates>();
        services.AddScoped<ExpiryLook>();
        services.AddSingleton<ExpiryMetrics>();
        services.AddSingleton<ExpiryWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpiryWatch>());
        services.AddHealthChecks().AddCheck<ExpiryHealth>("expiry");
    }

    public static void MapExpiryWatch(this WebApplication app)
    {
        ListNotices.Map(app);
        AcknowledgeNotice.Map(app);
    }
}
