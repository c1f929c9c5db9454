using Yinxin.Identity.Server.Features.Assurance.Administration;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Assurance.Withdrawals;

namespace Yinxin.Identity.Server.Features.Assurance;

internal static class AssuranceSetup
{
    /// <summary>Before everything that makes evidence: the policy must stand first.</summary>
    public static void AddAssurance(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssurancePolicies>();
        builder.Services.AddScoped<GradeReader>();
        builder.Services.AddScoped<ShowGrade.GradeQuestions>();
        builder.Services.AddScoped<PolicyAdministration>();
        builder.Services.AddScoped<SessionTally>();
        builder.Services.AddScoped<RegradingStep>();
        builder.Services.AddScoped<GradeExpiry>();
        builder.Services.AddScoped<LevelEndings>();
        builder.Services.AddScoped<WithdrawalEntries>();
        builder.Services.AddScoped<WithdrawalStep>();
        builder.Services.Configure<Officials.OfficialSettings>(builder.Configuration.GetSection(Officials.OfficialSettings.Section));
        builder.Services.AddScoped<Officials.Officials>();
        builder.Services.AddHostedService<PolicySeeding>();
        builder.Services.AddHostedService<EvidenceAdoption>();
        builder.Services.AddHostedService<RegradingWork>();
        builder.Services.AddHostedService<LevelEndingWork>();
        builder.Services.AddHostedService<WithdrawalWork>();
    }

    public static void MapAssurance(this WebApplication app)
    {
        ShowPolicies.Map(app);
        ProposePolicy.Map(app);
        RunPolicies.Map(app);
        ShowGrade.Map(app);
    }
}
