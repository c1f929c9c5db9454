namespace Yinxin.Identity.Server.Features.SecondFactors;

internal static class SecondFactorSetup
{
    public static void AddSecondFactors(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PendingSignIns>();
        builder.Services.AddScoped<AuthenticatorApps>();
        builder.Services.AddScoped<RecoveryCodes>();
        builder.Services.AddScoped<SecondFactorBrowsers>();
        builder.Services.AddScoped<SecondFactorCheck>();
        builder.Services.AddScoped<SecondFactorChange>();
        builder.Services.AddScoped<FactorTickets>();
        builder.Services.AddScoped<FactorResets>();
    }
}
