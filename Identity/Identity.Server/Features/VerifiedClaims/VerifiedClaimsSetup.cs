using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

internal static class VerifiedClaimsSetup
{
    public static void AddVerifiedClaims(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<ClaimConsents>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<ClaimConsents>());
        builder.Services.AddScoped<ClaimRelease>();
    }
}
