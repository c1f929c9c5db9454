using Microsoft.AspNetCore.Builder;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.Seal.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class SealServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Seal.Server", args, configure);
        var app = builder.Build();
        app.UseYinxinDefaults();
        return app;
    }
}
