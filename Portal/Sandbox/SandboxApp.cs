using Microsoft.IdentityModel.Tokens;
using Yinxin.Sandbox.Data;
using Yinxin.Sandbox.Faults;
using Yinxin.Sandbox.Features.Alipay;
using Yinxin.Sandbox.Features.BankCard;
using Yinxin.Sandbox.Features.Carrier;
using Yinxin.Sandbox.Features.Changes;
using Yinxin.Sandbox.Features.Channel;
using Yinxin.Sandbox.Features.Directory;
using Yinxin.Sandbox.Features.HousingFund;
using Yinxin.Sandbox.Features.Market;
using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Features.Quality;
using Yinxin.Sandbox.Features.RealPerson;
using Yinxin.Sandbox.Features.Registries;
using Yinxin.Sandbox.Features.Sms;
using Yinxin.Sandbox.Features.Tax;
using Yinxin.Sandbox.Signing;
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
        builder.Services.AddOutbox<SandboxContext>().AddOutboxHandler<CallbackHandler>().AddOutboxHandler<ChangePush>();
        builder.Services.AddHostedService<ChangesAtStart>();
        builder.Services.AddSingleton<Registers.Registers>();
        builder.Services.AddSingleton<FaultRules>();
        builder.Services.AddSingleton<Messages>();
        builder.Services.AddSingleton<ChannelSignature>();
        builder.Services.AddSingleton<AuthorityKeys>();
        builder.Services.AddSingleton<AlipayConsents>();
        builder.Services.AddSingleton<RealPersonSessions>();
        builder.Services.AddSingleton<Voiceprints>();
        builder.Services.AddSingleton<PhotoFile>();
        builder.Services.AddHttpClient("callback", client => client.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddKit(new KitOptions("sandbox", "模拟外部机构", "Simulated authorities")
        {
            Columns = [new("/", "登记库", "Registers"), new("/sms", "短信", "Messages")],
        });

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.Use((context, next) =>
        {
            // What is signed names the digest of the question, so the body is read twice.
            context.Request.EnableBuffering();
            return next(context);
        });
        app.MapKit();
        app.MapRazorPages();
        app.MapGet("/keys/v1", (AuthorityKeys keys) => new { keys = AuthorityKeys.Names.Select(name => Published(keys.Of(name))) });
        var api = app.MapGroup("").AddEndpointFilter<ApiKeyFilter>().AddEndpointFilter(async (context, next) =>
            await context.HttpContext.RequestServices.GetRequiredService<FaultRules>().ApplyAsync(context.HttpContext) ? Results.Empty : await next(context));
        api.AddEndpointFilterFactory((context, next) =>
        {
            var signing = ActivatorUtilities.CreateInstance<SignAnswers>(context.ApplicationServices);
            return invocation => signing.InvokeAsync(invocation, next);
        });
        Population.Map(api);
        Market.Map(api);
        Sms.Map(api);
        BankCard.Map(api);
        Quality.Map(api);
        Registries.Map(api);
        Tax.Map(api);
        HousingFund.Map(api);
        Carrier.Map(api);
        Alipay.Map(api);
        RealPerson.Map(api);
        SpokenCheck.Map(api);
        Changes.Map(api);
        Channel.Map(api);
        Features.Directory.Directory.Map(api);
        var faults = app.MapGroup("/faults/v1").AddEndpointFilter<ApiKeyFilter>();
        faults.MapPost("/rules", (FaultRule rule, FaultRules rules) => rules.Set(rule));
        faults.MapDelete("/rules", (FaultRules rules) => rules.Clear());
        return app;
    }

    private static object Published(ECDsaSecurityKey key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        return new { jwk.Kty, jwk.Crv, jwk.Kid, jwk.X, jwk.Y, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 };
    }
}
