using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Sessions;

internal static class SessionSetup
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        var app = builder.Configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        builder.Services.AddScoped<SessionStore>();
        builder.Services.AddAuthentication(SessionCookie.Scheme).AddSessionCookie(app);
        builder.Services.AddAuthorization();
    }
}
