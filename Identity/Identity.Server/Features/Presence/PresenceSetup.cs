using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Presence;

internal static class PresenceSetup
{
    public static void AddPresence(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PresenceSettings>(PresenceSettings.Section);
        builder.Services.AddScoped<IPresenceMethod, FacePresence>();
        builder.Services.AddScoped<IPresenceMethod, VoicePresence>();
        builder.Services.AddScoped<IPresenceMethod, VideoPresence>();
        builder.Services.AddScoped<PresenceMethods>();
        builder.Services.AddScoped<PresenceProofs>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<PresenceProofs>());
        builder.Services.AddScoped<AskedPresences>();
        builder.Services.AddScoped<PresenceByPhone>();
        builder.Services.AddScoped<PresenceCeremony>();
        builder.Services.AddScoped<PresenceClaims>();
    }
}
