using Microsoft.AspNetCore.Builder;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.Exchange;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class ExchangeApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Exchange", args, configure);
        var app = builder.Build();
        app.UseYinxinDefaults();
        return app;
    }
}
