using Microsoft.Playwright;
using OtpNet;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>An authenticator app for stories that need one; its page is looked at by <see cref="AuthenticatorAppTests"/>.</summary>
internal static class Pairing
{
    /// <summary>On the page that shows the secret: types it into an app, and the app's code into the page.</summary>
    /// <returns>What the app computes.</returns>
    public static async Task<Totp> PairAppAsync(this IPage page)
    {
        var app = new Totp(Base32Encoding.ToBytes((await page.InnerTextAsync("#secret")).Replace(" ", "", StringComparison.Ordinal)));
        await page.FillAsync("#Code", app.ComputeTotp());
        await page.SubmitAsync();
        return app;
    }
}
