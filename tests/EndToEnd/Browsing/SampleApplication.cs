using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using Yinxin.Testing;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>The platform's sample application at an address of its own, on any port of loopback (RFC 8252 §7.3): it asks, and says «back» when the person returns.</summary>
internal sealed class SampleApplication : IDisposable
{
    private readonly HttpListener listener = new();

    private string Callback { get; init; } = "";

    public static SampleApplication Listen()
    {
        var address = FormattableString.Invariant($"http://localhost:{FreePort.Next()}/");
        var application = new SampleApplication { Callback = address + "callback" };
        application.listener.Prefixes.Add(address);
        application.listener.Start();
        _ = application.AnswerAsync();
        return application;
    }

    /// <summary>An authorization request with whatever is asked for besides the sign-in.</summary>
    public string AuthorizeUrl(BrowserFixture browser, string locale, params (string Name, string Value)[] further)
    {
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(new string('v', 64)))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        (string Name, string Value)[] request =
        [
            ("client_id", "sample-confidential"), ("redirect_uri", Callback), ("response_type", "code"), ("scope", "openid profile"), ("state", "state"), ("ui_locales", locale),
            ("code_challenge", challenge), ("code_challenge_method", "S256"), .. further,
        ];
        return browser.Address("identity") + "/connect/authorize?" + string.Join('&', request.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
    }

    /// <summary>A request to confirm one transaction, never the same, in person.</summary>
    public string PresenceUrl(BrowserFixture browser, string locale)
    {
        var details = $$$"""[{"type":"urn:yinxin:presence","transaction":"{{{Guid.NewGuid():N}}}","purpose":{"zh":"样例：为单位申领许可","en":"Sample: apply for the organisation's licence"}}]""";
        return AuthorizeUrl(browser, locale, ("acr_values", "urn:yinxin:assurance:advanced"), ("authorization_details", details));
    }

    public void Dispose() => listener.Close();

    private async Task AnswerAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                context.Response.ContentType = "text/plain";
                await context.Response.OutputStream.WriteAsync("back"u8.ToArray());
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

/// <summary>Before the sandbox's camera.</summary>
internal static class SandboxCamera
{
    /// <summary>Chooses the way if one is named, agrees to the check, shows what <paramref name="seen"/> says, and comes back.</summary>
    public static async Task ShowFaceAsync(this IPage page, string seen, string? method = null)
    {
        if (method is not null)
        {
            await page.CheckAsync("#method-" + method);
        }

        await page.CheckAsync("#Consent");
        await page.ClickAsync("main form button[type=submit]");
        await page.SelectOptionAsync("#Seen", seen);
        await page.ClickAsync("main form button[type=submit]");
        await page.ClickAsync("#return");
    }
}
