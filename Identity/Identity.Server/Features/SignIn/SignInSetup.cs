using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.SignIn;

internal static class SignInSetup
{
    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<SignInSettings>(SignInSettings.Section);
        builder.Services.AddSingleton<PasswordRounds>();
        builder.Services.AddScoped<PasswordCosts>();
        builder.Services.AddSingleton<IPasswordHasher<Account>, PasswordHashes>();
        builder.Services.AddScoped<AccountFinder>();
        builder.Services.AddScoped<AttemptBrake>();
        builder.Services.AddScoped<IHousekeepingTask, AttemptSweeping>();
        builder.Services.AddScoped<PasswordSignIn>();
        builder.Services.AddScoped<SignInFlow>();
        builder.Services.AddScoped<QrSignIn.QrSignIns>();
        builder.Services.AddSingleton<DummyPassword>();
        builder.Services.AddSingleton<PasswordPace>();
        builder.Services.AddHostedService<PasswordCostFollowing>();
        builder.Services.AddHostedService<PasswordPaceLearning>();
        builder.Services.AddSingleton<FailureWindow>();
        builder.Services.AddSingleton<NameLocks>();
    }
}
