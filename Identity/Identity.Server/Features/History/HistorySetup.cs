using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.History;

internal static class HistorySetup
{
    public static void AddHistory(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<SignInHistory>();
        builder.Services.AddScoped<IHousekeepingTask, HistorySweeping>();
    }
}
