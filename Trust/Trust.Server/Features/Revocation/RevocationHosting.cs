using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Server.Features.Ocsp;
using Yinxin.Trust.Server.Features.Renewal;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>Revocation's parts in the app; after the authorities, whose lists they sign.</summary>
internal static class RevocationHosting
{
    public static void AddRevocation(this IServiceCollection services)
    {
        services.AddValidatedOptions<RevocationSettings>(RevocationSettings.Section);
        services.AddSingleton<CertificateSigning>();
        services.AddScoped<CertificateIssuance>();
        services.AddSingleton<IssuanceBatch>();
        services.AddHostedService(provider => provider.GetRequiredService<IssuanceBatch>());
        services.AddScoped<RevocationLedger>();
        services.AddScoped<RenewalLedger>();
        services.AddSingleton<CrlPublication>();
        services.AddValidatedOptions<OcspSettings>(OcspSettings.Section);
        services.AddSingleton<OcspResponders>();
        services.AddSingleton<OcspService>();
        services.AddSingleton<RevocationWatch>();
        services.AddHostedService<RevocationStart>();
        services.AddHostedService(provider => provider.GetRequiredService<RevocationWatch>());
    }

    public static void MapRevocation(this WebApplication app)
    {
        RevokeCertificate.Map(app);
        RenewCertificate.Map(app);
        ServeCrl.Map(app);
        ServeOcsp.Map(app);
    }
}
