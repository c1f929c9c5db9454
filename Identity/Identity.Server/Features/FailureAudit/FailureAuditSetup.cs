using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.FailureAudit;

internal static class FailureAuditSetup
{
    public static void AddFailureAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<FailureAuditSettings>(FailureAuditSettings.Section);
        builder.Services.AddScoped<FailureFolding>();
        builder.Services.AddScoped<IHousekeepingTask, FailureSweeping>();
        builder.Services.AddHostedService<FailureAuditing>();
    }
}
