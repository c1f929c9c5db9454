using Yinxin.Seal.Server.Data;
using Yinxin.Seal.Server.Features.Making;
using Yinxin.Seal.Server.Features.Sealing;
using Yinxin.Seal.Server.Features.Signers;
using Yinxin.Seal.Server.Features.States;
using Yinxin.Seal.Server.Features.Uses;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Seal.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class SealServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Seal.Server", args, configure);
        builder.AddYinxinDatabase<SealContext, SqliteSealContext, PostgresSealContext>();
        builder.Services.AddAudit<SealContext>();
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-seal");
        builder.Services.AddServiceClient<CertificateClient>(addresses => addresses.Trust, "trust.certify");
        builder.Services.AddServiceClient<RevocationClient>(addresses => addresses.Trust, "trust.revoke");
        builder.Services.AddHttpClient(TimestampService.ClientName, client => client.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton<TimestampService>();
        builder.Services.AddScoped<SignerStore>();
        builder.Services.AddOutbox<SealContext>();
        builder.Services.AddLogDelivery();
        builder.Services.AddOutboxHandler<CertificateStatus>();
        builder.Services.AddScoped<ILogReceipt, UseReceipt>();
        builder.Services.AddUseWatch();

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        MakeDepartmentSeal.Map(app);
        ListSeals.Map(app);
        ChangeState.Map(app);
        ApplySeal.Map(app);
        ListUses.Map(app);
        return app;
    }
}
