using Microsoft.EntityFrameworkCore.Diagnostics;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys.Tables;

namespace Yinxin.Identity.Server.Features.DataKeys;

internal static class DataKeySetup
{
    /// <summary>Before everything that encrypts: the keys must be founded first.</summary>
    public static void AddDataKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IInterceptor>(PersonReading.Instance);
        builder.Services.AddSingleton<DataKeyRing>();
        builder.Services.AddSingleton<PersonSecrets>();
        builder.Services.AddSingleton<PersonalData>();
        builder.Services.AddSingleton<RotatedTables>();
        builder.Services.AddScoped<KeyRotationStart>();
        builder.Services.AddScoped<KeyRotationStep>();
        builder.Services.AddHostedService<DataKeyFounding>();
        builder.Services.AddHostedService<NameEncryption>();
        builder.Services.AddHostedService<KeyRotationWork>();
    }

    /// <summary>Reads the keys before the first request, and makes them at the first start.</summary>
    private sealed class DataKeyFounding(DataKeyRing ring) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ring.Load();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
