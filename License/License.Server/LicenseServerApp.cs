using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Files;
using Yinxin.License.Server.Features.Issue;
using Yinxin.License.Server.Features.Mine;
using Yinxin.License.Server.Features.Status;
using Yinxin.License.Server.Features.Verify;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Web.Components;

namespace Yinxin.License.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class LicenseServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.License.Server", args, configure);
        builder.AddYinxinDatabase<LicenseContext, SqliteLicenseContext, PostgresLicenseContext>();
        builder.Services.AddAudit<LicenseContext>();
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-license");
        builder.Services.AddServiceClient<SealClient>(addresses => addresses.Seal, "seal.apply");
        builder.Services.AddHttpClient(OwnVerification.ClientName, client => client.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton<OwnVerification>();
        builder.Services.AddSingleton<LicenseFiles>();
        builder.Services.AddOutbox<LicenseContext>();
        builder.Services.AddLogDelivery();
        builder.Services.AddKit(new KitOptions("license", "电子证照", "Electronic licences") { Columns = [new("/verify", "证照核验", "Verify")] });

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapKit();
        app.MapRazorPages();
        app.MapGet("/", () => Results.Redirect("/verify"));
        IssueLicense.Map(app);
        LicenseStatus.Map(app);
        ChangeLicenseState.Map(app);
        MyLicenses.Map(app);
        VerifyFile.Map(app);
        return app;
    }
}
