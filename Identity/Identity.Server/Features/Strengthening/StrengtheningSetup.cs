using Yinxin.Identity.Server.Features.Handover;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Strengthening;

internal static class StrengtheningSetup
{
    public static void AddStrengthening(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<StrengtheningWays>();
        builder.Services.AddScoped<Handovers>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<Handovers>());
    }
}
