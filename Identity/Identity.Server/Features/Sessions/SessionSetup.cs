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
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = app.Address.Scheme == Uri.UriSchemeHttps ? "__Host-yinxin.identity.form" : "yinxin.identity.form";
            options.Cookie.SameSite = SameSiteMode.Lax;
        });
    }
}
