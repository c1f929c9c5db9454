using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Challenge;

internal static class ChallengeSetup
{
    public static void AddChallenge(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<ChallengeSettings>(ChallengeSettings.Section);
        builder.Services.AddSingleton<ChallengePressure>();
        builder.Services.AddSingleton<ChallengeTickets>();
        builder.Services.AddSingleton<ChallengeTally>();
        builder.Services.AddScoped<Challenges>();
        builder.Services.AddScoped<IHousekeepingTask, ChallengeSweeping>();
    }
}
