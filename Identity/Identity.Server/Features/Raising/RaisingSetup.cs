using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Raising;

internal static class RaisingSetup
{
    public static void AddRaising(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<StandingAnswers>();
        builder.Services.AddScoped<SourceEvidence>();
        builder.Services.AddScoped<OutsideSteps>();
        builder.Services.AddScoped<IHousekeepingTask>(services => services.GetRequiredService<OutsideSteps>());
        builder.Services.AddScoped<BankCardCheck>();
        builder.Services.AddScoped<BankCardCodes>();
        builder.Services.AddSingleton<BankCardDrafts>();
        builder.Services.AddScoped<PopulationConfirmation>();
        builder.AddRealPersons();
        builder.Services.AddScoped<RealPersonCheck>();
        builder.Services.AddScoped<RaisingWays>();
        builder.Services.AddScoped<StepUpSubject>();
        builder.Services.AddScoped<CertificateProof>();
        builder.Services.AddScoped<CertificateRechecks>();
        builder.Services.AddSingleton<TrustMaterial>();
        builder.Services.AddSingleton<OnlineStatus>();
        builder.Services.AddHttpClient(TrustMaterial.ClientName, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(5);
            client.MaxResponseContentBufferSize = 8 * 1024 * 1024;
        });
        builder.Services.AddHttpClient(OnlineStatus.ClientName, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(3);
            client.MaxResponseContentBufferSize = OnlineStatus.Largest;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }
}
