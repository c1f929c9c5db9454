using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Expiry;
using Yinxin.Trust.Server.Features.Issued;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Server.Features.Log;
using Yinxin.Trust.Server.Features.Monitoring;
using Yinxin.Trust.Server.Features.Policies;
using Yinxin.Trust.Server.Features.Publication;
using Yinxin.Trust.Server.Features.Revocation;
using Yinxin.Trust.Server.Features.Sites;
using Yinxin.Trust.Server.Features.Timestamping;
using Yinxin.Trust.Server.Features.TrustLists;

namespace Yinxin.Trust.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class TrustServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Trust.Server", args, configure);
        builder.AddYinxinDatabase<TrustContext, SqliteTrustContext, PostgresTrustContext>();
        builder.Services.AddAudit<TrustContext>();
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-trust");
        builder.Services.AddLog();
        builder.Services.AddMonitor();
        builder.Services.AddOutbox<TrustContext>();
        builder.Services.AddOutboxHandler<LogOwnEvents>();
        builder.Services.AddOutboxHandler<LogOwnBatches>();
        builder.Services.AddValidatedOptions<KeySettings>(KeySettings.Section);
        builder.Services.Configure<ImportSettings>(builder.Configuration.GetSection(ImportSettings.Section));
        builder.Services.AddSingleton<AuthorityKeys>();
        builder.Services.AddSingleton<OfflineRoots>();
        builder.Services.AddSingleton<AuthorityStore>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AuthorityStore>());
        builder.Services.AddHealthChecks().AddCheck<AuthorityHealth>("authorities");
        builder.Services.AddTimestamping();
        builder.Services.AddRevocation();
        builder.Services.AddExpiryWatch();
        builder.Services.AddTrustLists();
        builder.Services.AddSingleton(PolicySources.All);
        builder.Services.AddHostedService<PolicyJournal>();
        builder.Services.AddAcme();
        builder.Services.Configure<SiteCertificateSettings>(builder.Configuration.GetSection(SiteCertificateSettings.Section));
        builder.Services.AddHostedService<SiteCertificate>();

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        IssueCertificate.Map(app);
        Timestamping.Map(app);
        ListCertificates.Map(app);
        FindCertificate.Map(app);
        app.MapRevocation();
        app.MapExpiryWatch();
        Publication.Map(app);
        app.MapTrustLists();
        ShowPolicies.Map(app);
        app.MapAcme();
        app.MapLog();
        ShowMonitor.Map(app);
        return app;
    }
}
