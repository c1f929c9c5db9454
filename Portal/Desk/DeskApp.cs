using Microsoft.AspNetCore.Builder;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.Desk;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class DeskApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Desk", args, configure);
        var app = builder.Build();
        app.UseYinxinDefaults();
        return app;
    }
}
