using Microsoft.Extensions.Options;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Payment.Data;
using Yinxin.Payment.Features.Bills;
using Yinxin.Payment.Features.Channel;
using Yinxin.Payment.Features.Notices;
using Yinxin.Payment.Pages;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Web.Components;

namespace Yinxin.Payment;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class PaymentApp
{
    private const string PayersOnly = "payers";

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Payment", args, configure);
        builder.AddYinxinDatabase<PaymentContext, SqlitePaymentContext, PostgresPaymentContext>();
        builder.Services.AddAudit<PaymentContext>();
        builder.Services.AddOutbox<PaymentContext>().AddOutboxHandler<DeskNoticeHandler>().AddOutboxHandler<ChannelQuestion>();
        builder.Services.AddValidatedOptions<ChannelSettings>(ChannelSettings.Section);
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-payment");

        // The form «pay» ends at the channel's page; the page policy must allow that.
        var targets = new FormTargets();
        var channel = builder.Configuration.GetSection(ChannelSettings.Section).Get<ChannelSettings>() ?? new ChannelSettings();
        targets.Origins.Add(channel.Address.GetLeftPart(UriPartial.Authority));
        builder.Services.AddSingleton(targets);
        builder.AddYinxinSignIn(signIn =>
        {
            signIn.Address = addresses => addresses.Payment;
            signIn.Scopes.Add("payment.read");
        });
        builder.Services.AddServiceClient<DeskClient>(addresses => addresses.Desk, "case.notify");
        builder.Services.AddSingleton<ChannelSignature>();
        builder.Services.AddScoped<Settlement>();
        builder.Services.AddHttpClient<ChannelClient>((provider, client) =>
            client.BaseAddress = new Uri(AddressSettings.Text(provider.GetRequiredService<IOptions<ChannelSettings>>().Value.Address) + "/")).AddStandardResilienceHandler();
        builder.Services.AddAuthorizationBuilder().AddPolicy(PayersOnly, policy => policy.AddAuthenticationSchemes(YinxinSignIn.CookieScheme).RequireAuthenticatedUser());
        var portal = AddressSettings.Text((builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings()).Web);
        builder.Services.AddKit(new KitOptions("payment", "统一支付平台", "Payment")
        {
            Columns = [new("/", "我的缴款", "My payments")],
            Footer = [new(portal, "印信政务服务网", "Yinxin Government Services")],
        }).AddRazorPagesOptions(pages => pages.Conventions.AuthorizeFolder("/", PayersOnly));

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(SwitchOffer.MakeAsync);
        app.MapKit();
        app.MapYinxinSignIn();
        app.MapRazorPages();
        Bills.Map(app);
        ChannelCallback.Map(app);
        return app;
    }
}
