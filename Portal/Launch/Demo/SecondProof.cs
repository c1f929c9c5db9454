using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.Launch.Platform;

namespace Yinxin.Launch.Demo;

/// <summary>A signed-in person shows a second factor: the code that was sent to the account's phone, read where the sandbox's messages end up.</summary>
internal static class SecondProof
{
    public static async Task ShowAsync(HttpBrowser browser, PlatformDescription platform, string phone)
    {
        await browser.GetAsync(platform.Issuer + "/account/confirm/code?way=sms");
        await browser.SubmitAsync("#confirm-send");
        await browser.SubmitAsync("#confirm-code", new Dictionary<string, string> { ["Code"] = await CodeAsync(platform, phone) });
        if (browser.Address.AbsolutePath != "/account")
        {
            throw new DemoException($"The second factor was not taken: {browser.Excerpt()}");
        }
    }

    /// <summary>The newest code that was sent to a number.</summary>
    public static async Task<string> CodeAsync(PlatformDescription platform, string phone)
    {
        using var sandbox = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", platform.Sandbox.ApiKey } } };
        var messages = await sandbox.GetFromJsonAsync<List<JsonElement>>(new Uri($"{platform.Sandbox.Address}/sms/v1/messages?phone={phone}"));
        var message = messages!.First(m => m.GetProperty("purpose").GetString() == "second-factor");
        return new string([.. message.GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(6)]);
    }
}
