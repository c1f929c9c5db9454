namespace Yinxin.Launch.Platform;

/// <summary>The apps of the platform: name, place among the ports, and how each is built.</summary>
internal sealed record PlatformApp(string Name, int PortOffset, Func<string[], Action<WebApplicationBuilder>?, WebApplication> Build)
{
    /// <summary>Ordered so that an app comes after those it asks while it starts.</summary>
    public static readonly IReadOnlyList<PlatformApp> All =
    [
        new("sandbox", 7, Sandbox.SandboxApp.Build),
        new("trust", 6, Trust.Server.TrustServerApp.Build),
        new("identity", 1, Identity.Server.IdentityServerApp.Build),
        new("seal", 5, Seal.Server.SealServerApp.Build),
        new("license", 4, License.Server.LicenseServerApp.Build),
        new("payment", 3, Payment.PaymentApp.Build),
        new("desk", 2, Desk.DeskApp.Build),
        new("web", 0, Web.WebApp.Build),
        new("exchange", 8, Exchange.ExchangeApp.Build),
    ];
}
