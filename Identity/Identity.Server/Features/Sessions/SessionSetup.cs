using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Sessions;

internal static class SessionSetup
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        var app = builder.Configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        var addresses = builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings();
        var secure = new SecureCookies(app, addresses.Identity);
        builder.Services.AddSingleton(secure);
        builder.Services.AddValidatedOptions<SessionSettings>(SessionSettings.Section);
        builder.Services.AddScoped<SessionStore>();
        builder.Services.AddScoped<IHousekeepingTask, SessionSweeping>();
        builder.Services.AddAuthentication(SessionCookie.Scheme).AddSessionCookie(secure);
        // Whatever else the app accepts (bearer tokens at its API), pages mean the cookie.
        builder.Services.PostConfigure<AuthenticationOptions>(options => options.DefaultScheme = SessionCookie.Scheme);
        builder.Services.AddAuthorization();
        builder.Services.Configure<MvcOptions>(options => options.Filters.Add<StaleForms>());
    }
}
