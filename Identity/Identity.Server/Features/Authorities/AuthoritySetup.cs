using Microsoft.Extensions.Http.Resilience;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Authorities;

internal static class AuthoritySetup
{
    /// <summary>Checks change nothing at the authority and may be repeated; a text message may not: the person would get two codes.</summary>
    public static void AddAuthorities(this WebApplicationBuilder builder)
    {
        Add<PopulationRegister>(builder, "Population", repeats: 2);
        Add<MarketRegister>(builder, "Market", repeats: 2);
        Add<BankCardNetwork>(builder, "BankCard", repeats: 2);
        Add<SmsCarrier>(builder, "Sms", repeats: 0);
    }

    private static void Add<T>(WebApplicationBuilder builder, string name, int repeats)
        where T : class
    {
        var settings = builder.Configuration.GetSection($"{AuthoritySettings.Section}:{name}").Get<AuthoritySettings>() ?? new AuthoritySettings();
        var clients = builder.Services.AddHttpClient<T>(client =>
        {
            client.BaseAddress = new Uri(AddressSettings.Text(settings.Address) + "/");
            client.DefaultRequestHeaders.Add("X-Api-Key", settings.ApiKey);
            client.MaxResponseContentBufferSize = 64 * 1024;
        });
        clients.AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(3);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(8);
            options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(10);
            options.Retry.Delay = TimeSpan.FromMilliseconds(200);
            if (repeats == 0)
            {
                options.Retry.ShouldHandle = _ => ValueTask.FromResult(false);
            }
            else
            {
                options.Retry.MaxRetryAttempts = repeats;
            }
        });
    }
}
