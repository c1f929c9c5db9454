using Microsoft.Extensions.DependencyInjection.Extensions;
using Yinxin.Identity.Faces;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

internal static class LocalFacesSetup
{
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
        builder.Services.AddScoped<LocalRealPerson>();
        if (builder.Configuration.GetValue<string>($"{RealPersonSettings.Section}:{nameof(RealPersonSettings.Provider)}") == RealPersonSettings.Local)
        {
            builder.Services.AddScoped<IRealPersonProvider>(services => services.GetRequiredService<LocalRealPerson>());
        }
        else
        {
            builder.Services.AddTransient<IRealPersonProvider>(services => services.GetRequiredService<AuthorityRealPerson>());
        }
    }
}
