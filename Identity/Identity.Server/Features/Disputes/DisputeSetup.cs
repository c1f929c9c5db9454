using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Disputes;

internal static class DisputeSetup
{
    public static void AddDisputes(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DisputeSettings>(DisputeSettings.Section);
        builder.Services.AddScoped<DisputeSlips>();
        builder.Services.AddScoped<DisputeOpening>();
        builder.Services.AddScoped<DisputeAnswers>();
        builder.Services.AddScoped<DisputeDecisions>();
        builder.Services.AddScoped<DisputeHandover>();
        builder.Services.AddScoped<DisputeParties>();
        builder.Services.AddSingleton<DisputeViews>();
        builder.Services.AddOutboxHandler<DisputeMessages>();
    }
}
