using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Mandates;

internal static class MandateSetup
{
    /// <summary>Mandates, whom one may act for, and the feed of what ended.</summary>
    public static void AddMandates(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<MandateSettings>(MandateSettings.Section);
        services.AddScoped<ActingChoices>();
        services.AddScoped<MandateRecords>();
        services.AddScoped<MandateStore>();
        services.AddScoped<MandateInvitation>();
        services.AddScoped<MandateView>();
        services.AddScoped<MandateCheck>();
        services.AddSingleton<BelievedMandates>();
        services.AddScoped<MandateTrust>();
        services.AddScoped<OrganisationChanges>();
        services.AddScoped<EndingsLog>();
        services.AddScoped<EndingsReader>();
        services.AddScoped<IHousekeepingTask, EndingsSweep>();
        services.AddScoped<IHousekeepingTask, MandateExpiry>();
        services.AddOutboxHandler<MandateNotice>();
        services.AddOutboxHandler<WaitingNotice>();
    }
}
