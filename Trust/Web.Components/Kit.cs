using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Language;

namespace Yinxin.Web.Components;

/// <summary>The pages' common ground: look, languages, elderly mode. See <c>README.md</c>.</summary>
public static class Kit
{
    /// <summary>Cookie of the elderly mode (长辈版).</summary>
    public const string ElderlyCookie = "yinxin.elderly";

    public static IMvcBuilder AddKit(this IServiceCollection services, KitOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ITexts, Texts>();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = $"yinxin.{options.App}.antiforgery";
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.Configure<CookieTempDataProviderOptions>(tempData => tempData.Cookie.Name = $"yinxin.{options.App}.notice");
        return services.AddRazorPages(pages => pages.RootDirectory = options.PagesRoot).AddApplicationPart(typeof(Kit).Assembly);
    }

    /// <summary>Assets, and the two switches of every page's header; both work without script.</summary>
    public static WebApplication MapKit(this WebApplication app)
    {
        app.MapEmbeddedAssets(typeof(Kit).Assembly);
        app.MapGet("/favicon.ico", () => Results.Redirect("/assets/mark.svg", permanent: true));
        app.MapGet("/language", (HttpContext http, string? to, string? returnUrl) =>
        {
            var culture = to == "en" ? Languages.English : Languages.Chinese;
            http.Response.Cookies.Append(Languages.Cookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)), Choice(http));
            return Results.LocalRedirect(Local(returnUrl));
        });
        app.MapGet("/elderly", (HttpContext http, string? on, string? returnUrl) =>
        {
            http.Response.Cookies.Append(ElderlyCookie, on == "1" ? "1" : "0", Choice(http));
            return Results.LocalRedirect(Local(returnUrl));
        });
        return app;
    }

    /// <summary>Only a path of this app: anything that a browser could read as another host goes home.</summary>
    internal static string Local(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.AsSpan().ContainsAny('\t', '\n', '\r') ? url : "/";

    private static CookieOptions Choice(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        MaxAge = TimeSpan.FromDays(365),
        IsEssential = true,
    };
}
