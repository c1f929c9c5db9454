using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Yinxin.ServiceDefaults.Endings;

/// <summary>Lets an app know what ended before its tokens do.</summary>
public static class EndingsSetup
{
    /// <summary>Adds <see cref="EndedTokens"/> and its follower, once. An <see cref="IEndingsSource"/> added before stands; else the feed is read over HTTP.</summary>
    public static IServiceCollection AddEndings(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(EndedTokens)))
        {
            return services;
        }

        services.AddHttpClient(HttpEndingsSource.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(3));
        services.TryAddSingleton<IEndingsSource, HttpEndingsSource>();
        services.AddSingleton<EndedTokens>();
        services.AddHostedService<EndingsFollower>();
        return services;
    }
}
