using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Identity.Client.Tokens;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;
using Yinxin.Web.License;
using Yinxin.Web.Pages;

namespace Yinxin.Web;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class WebApp
{
    internal const string LookupLimit = "lookup";

    /// <summary>Signed in as somebody who was compared with something: Desk and License have nothing for others, so the person is led to the proof before they ask.</summary>
    internal const string Proven = "proven";
    private const int LookupsPerMinute = 10;

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Web", args, configure);
        builder.AddYinxinSignIn(signIn =>
        {
            signIn.Address = addresses => addresses.Web;
            signIn.Scopes.Add("real_name");
            signIn.Scopes.Add("case.apply");
            signIn.Scopes.Add("license.read");
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Proven, policy => policy.RequireAuthenticatedUser().AddRequirements(new AssuranceRequirement(AssuranceLevel.Primary)));
        builder.Services.AddUserClient<DeskApi>(addresses => addresses.Desk);
        builder.Services.AddUserClient<LicenseApi>(addresses => addresses.License);
        // Six digits of a query code must not be guessed: the portal counts, since Desk only sees the portal's address.
        builder.Services.AddRequestLimit(LookupLimit, LookupsPerMinute, http => HttpMethods.IsPost(http.Request.Method));
        var account = (builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings()).Issuer + "/account";
        builder.Services.AddKit(new KitOptions("web", "印信政务服务网", "Yinxin Government Services")
        {
            Columns =
            [
                new("/", "首页", "Home"),
                new("/matters", "办事", "Services"),
                new("/cases", "我的办件", "My cases"),
                new("/licenses", "我的证照", "My licences"),
                new("/lookup", "办件查询", "Case lookup"),
                new("/help", "帮助", "Help"),
            ],
            Footer =
            [
                new(account, "我的账号", "My account"),
                new(account + "/organisations", "我的组织", "My organisations"),
                new(account + "/mandates", "授予我的授权", "Mandates given to me"),
                new("/help", "帮助", "Help"),
            ],
        }).AddRazorPagesOptions(pages =>
        {
            pages.Conventions.AuthorizeFolder("/Apply", Proven);
            pages.Conventions.AuthorizeFolder("/Cases", Proven);
            pages.Conventions.AuthorizeFolder("/Licenses", Proven);
        });

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(UploadLimit.RefuseAsync);
        app.MapKit();
        app.MapYinxinSignIn();
        app.MapRazorPages();
        LicenseDownload.Map(app);
        return app;
    }
}
