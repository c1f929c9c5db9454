using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Registration;

internal static class RegistrationSetup
{
    public static void AddRegistration(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PhoneSettings>(PhoneSettings.Section);
        builder.Services.AddSingleton<AttemptBudget>();
        builder.Services.AddSingleton<RegistrationDrafts>();
        builder.Services.AddSingleton<MessageFlood>();
        builder.Services.AddScoped<PhoneCodes>();
        builder.Services.AddScoped<IHousekeepingTask, PhoneCodeSweeping>();
        builder.Services.AddScoped<PhoneMoves>();
        builder.Services.AddSingleton<PhoneChanges>();
        builder.Services.AddScoped<IdentityStep>();
        builder.Services.AddScoped<PhoneOwnerStep>();
        builder.Services.AddScoped<Registrations>();
        builder.Services.AddOutboxHandler<OwnerWarning>();
        builder.Services.AddOutboxHandler<OwnerNotice>();
    }
}
