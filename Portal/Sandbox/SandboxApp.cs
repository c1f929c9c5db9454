using Yinxin.Sandbox.Data;
using Yinxin.Sandbox.Faults;
using Yinxin.Sandbox.Features.BankCard;
using Yinxin.Sandbox.Features.Channel;
using Yinxin.Sandbox.Features.Directory;
using Yinxin.Sandbox.Features.Market;
using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Features.Sms;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Sandbox;

/// <summary>The outside authorities as one app that speaks HTTP, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class SandboxApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Sandbox", args, configure);
        builder.Services.AddValidatedOptions<SandboxSettings>(SandboxSettings.Section);
        builder.AddYinxinDatabase<SandboxContext, SqliteSandboxContext, PostgresSandboxContext>();
        builder.Services.AddOutbox<SandboxContext>().AddOutboxHandler<CallbackHandler>();
        builder.Services.AddSingleton<Registers.Registers>();
        builder.Services.AddSingleton<FaultRules>();
        builder.Services.AddSingleton<Messages>();
        builder.Services.AddSingleton<ChannelSignature>();
        builder.Services.AddHttpClient("callback", client => client.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddKit(new KitOptions("sandbox", "模拟外部机构", "Simulated authorities")
        {
            Columns = [new("/", "登记库", "Registers"), new("/sms", "短信", "Messages")],
        });

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.MapKit();
        app.MapRazorPages();
        var api = app.MapGroup("").AddEndpointFilter<ApiKeyFilter>().AddEndpointFilter(async (context, next) =>
            await context.HttpContext.RequestServices.GetRequiredService<FaultRules>().ApplyAsync(context.HttpContext) ? Results.Empty : await next(context));
        Population.Map(api);
        Market.Map(api);
        Sms.Map(api);
        BankCard.Map(api);
        Channel.Map(api);
        Features.Directory.Directory.Map(api);
        var faults = app.MapGroup("/faults/v1").AddEndpointFilter<ApiKeyFilter>();
        faults.MapPost("/rules", (FaultRule rule, FaultRules rules) => rules.Set(rule));
        faults.MapDelete("/rules", (FaultRules rules) => rules.Clear());
        return app;
    }
}
