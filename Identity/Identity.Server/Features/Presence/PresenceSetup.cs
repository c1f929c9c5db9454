using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Presence;

internal static class PresenceSetup
{
    public static void AddPresence(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<PresenceProofs>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<PresenceProofs>());
        builder.Services.AddScoped<AskedPresences>();
        builder.Services.AddScoped<PresenceByPhone>();
        builder.Services.AddScoped<PresenceCeremony>();
        builder.Services.AddScoped<PresenceClaims>();
    }
}
