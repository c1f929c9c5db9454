using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>The feature as a whole: our own list, and those of others that we recognise.</summary>
internal static class TrustListHosting
{
    public static IServiceCollection AddTrustLists(this IServiceCollection services)
    {
        services.AddValidatedOptions<TrustListSettings>(TrustListSettings.Section);
        services.AddScoped<OwnTrustList>();
        services.AddScoped<RecognisedAnchors>();
        return services;
    }

    public static void MapTrustLists(this WebApplication app)
    {
        ServeTrustLists.Map(app);
        ImportTrustList.Map(app);
    }
}
