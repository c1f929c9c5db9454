using Microsoft.Extensions.Http.Resilience;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Authorities;

internal static class AuthoritySetup
{
    /// <summary>Checks change nothing at the authority and may be repeated; a text message, and what is answered once, may not.</summary>
    public static void AddAuthorities(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AuthorityKeys>();
        builder.Services.AddSingleton<SignedStatements>();
        builder.Services.AddSingleton<SignedQuestions>();
        Add<PopulationRegister>(builder, "Population", repeats: 2);
        Add<PhotoRegister>(builder, "Population", repeats: 2);
        builder.Services.AddHttpClient<PhotoRegister>().ConfigureHttpClient(client => client.MaxResponseContentBufferSize = SignedStatements.LongestWithPicture);
        foreach (var register in SourceChangeKinds.Authorities)
        {
            // Also of those with a client of their own: their feeds of changes may be asked again, what is answered once may not.
            Add(builder, builder.Services.AddHttpClient(ClientOf(register)), register.Section, repeats: 2);
        }

        builder.Services.AddScoped<OrganisationRegisters>();
        Add<CodeRegister>(builder, "Quality", repeats: 2);
        Add<TaxAuthority>(builder, "Tax", repeats: 2);
        Add<BankCardNetwork>(builder, "BankCard", repeats: 2);
        Add<HousingFund>(builder, "HousingFund", repeats: 2);
        Add<PhoneOwners>(builder, "Carrier", repeats: 2);
        Add<AlipayProvider>(builder, "Alipay", repeats: 0);
        Add<AuthorityRealPerson>(builder, "RealPerson", repeats: 0);
        Add<AuthoritySpokenCheck>(builder, "RealPerson", repeats: 0);
        Add<SmsCarrier>(builder, "Sms", repeats: 0);
    }

    /// <summary>Name of an authority's HTTP client, where one class speaks with several.</summary>
    public static string ClientOf(Authority authority) => "authority-" + authority.Issuer;

    private static void Add<T>(WebApplicationBuilder builder, string name, int repeats)
        where T : class => Add(builder, builder.Services.AddHttpClient<T>(), name, repeats);

    private static void Add(WebApplicationBuilder builder, IHttpClientBuilder clients, string name, int repeats)
    {
        var settings = builder.Configuration.GetSection($"{AuthoritySettings.Section}:{name}").Get<AuthoritySettings>() ?? new AuthoritySettings();
        clients.ConfigureHttpClient(client =>
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
