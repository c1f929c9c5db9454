using Yinxin.Identity.Server.Features.Assurance.Withdrawals;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Counter;

internal static class CounterSetup
{
    public static void AddCounter(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<CounterSettings>(CounterSettings.Section);
        builder.Services.AddScoped<CounterLookups>();
        builder.Services.AddScoped<CounterDesk>();
        builder.Services.AddScoped<WithdrawnChecks>();
        builder.Services.AddScoped<IWithdrawalScope>(services => services.GetRequiredService<WithdrawnChecks>());
    }
}
