using Microsoft.AspNetCore.Builder;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.License.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class LicenseServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.License.Server", args, configure);
        var app = builder.Build();
        app.UseYinxinDefaults();
        return app;
    }
}
