using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yinxin.Identity.Faces;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

internal static class LocalFacesSetup
{
    private const string Page = "/Raising/RealPersons/Local/FaceCheck";

    /// <summary>One of the two providers, by configuration. The models load with the first picture: who uses the authority never has them in memory.</summary>
    public static void AddRealPersons(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<RealPersonSettings>(RealPersonSettings.Section);
        builder.Services.AddValidatedOptions<FaceSettings>(FaceSettings.Section);
        builder.Services.TryAddSingleton<FaceReader>();
        builder.Services.AddSingleton<FaceJudge>();
        builder.Services.AddScoped<FaceChecks>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<FaceChecks>());
        builder.Services.AddScoped<FaceComparison>();
        builder.Services.AddSingleton<FaceSendings>();
        builder.Services.AddScoped<LocalRealPerson>();
        if (IsLocal(builder.Configuration))
        {
            builder.Services.AddScoped<IRealPersonProvider>(services => services.GetRequiredService<LocalRealPerson>());
        }
        else
        {
            builder.Services.AddTransient<IRealPersonProvider>(services => services.GetRequiredService<AuthorityRealPerson>());

            // Where nobody is sent to it the page is not there. After the framework's own setup, which begins the list of conventions anew.
            builder.Services.PostConfigure<RazorPagesOptions>(pages => pages.Conventions.AddPageRouteModelConvention(Page, page => page.Selectors.Clear()));
        }
    }

    /// <summary>Behind authentication, because places are counted by account; before the pages.</summary>
    public static void UseFaceSendings(this WebApplication app)
    {
        if (!IsLocal(app.Configuration))
        {
            return;
        }

        // By any method: whatever has the type of a form is read as one.
        var sendings = app.Services.GetRequiredService<FaceSendings>();
        app.UseWhen(
            http => http.Request.HasFormContentType && http.Request.Path.StartsWithSegments(FaceCheckModel.Path, StringComparison.OrdinalIgnoreCase),
            pictures => pictures.Use((HttpContext http, RequestDelegate next) => sendings.PassAsync(http, next)));
    }

    private static bool IsLocal(IConfiguration configuration) =>
        configuration.GetValue<string>($"{RealPersonSettings.Section}:{nameof(RealPersonSettings.Provider)}") == RealPersonSettings.Local;
}
