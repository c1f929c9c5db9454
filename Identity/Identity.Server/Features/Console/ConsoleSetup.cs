using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.AuditSearch;
using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Identity.Server.Features.Console.Imports;
using Yinxin.Identity.Server.Features.Console.Mandates;
using Yinxin.Identity.Server.Features.Console.Statistics;

namespace Yinxin.Identity.Server.Features.Console;

internal static class ConsoleSetup
{
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<UnmaskSettings>(builder.Configuration.GetSection(UnmaskSettings.Section));
        builder.Services.Configure<SearchSettings>(builder.Configuration.GetSection(SearchSettings.Section));
        builder.Services.AddScoped<AccountSearch>();
        builder.Services.AddScoped<NotedSearches>();
        builder.Services.AddScoped<Unmaskings>();
        builder.Services.AddScoped<FreezeDecisions>();
        builder.Services.AddScoped<Proposals>();
        builder.Services.AddHostedService<ProposalExpiry>();
        builder.Services.AddScoped<ImportSenders>();
        builder.Services.AddScoped<LevelCounting>();
        builder.Services.AddHostedService<LevelCountingWork>();
        builder.Services.AddScoped<AuditQueries>();
        builder.Services.AddScoped<AuditExport>();
        builder.Services.AddScoped<GapExplanations>();
        builder.Services.AddScoped<AuditWitnesses>();
        builder.Services.AddScoped<AuditVerificationStep>();
        builder.Services.AddHostedService<AuditVerificationWork>();
    }

    public static void MapConsole(this WebApplication app)
    {
        StatisticsFile.Map(app);
        AuditExportFile.Map(app);
        MandateRecordFile.Map(app);
        ImportReportFile.Map(app);
    }
}
