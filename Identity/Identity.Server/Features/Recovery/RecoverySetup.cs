using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Recovery;

internal static class RecoverySetup
{
    public static void AddRecovery(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<RecoverySettings>(RecoverySettings.Section);
        builder.Services.AddSingleton<RecoveryDrafts>();
        builder.Services.AddScoped<Recoveries>();
        builder.Services.AddScoped<RecoveryQuestions>();
        builder.Services.AddScoped<WaitingRecoveries>();
        builder.Services.AddScoped<StopLinks>();
        builder.Services.AddOutboxHandler<RecoveryMessages>();
        builder.Services.AddOutboxHandler<RecoveryWork>();
    }
}
