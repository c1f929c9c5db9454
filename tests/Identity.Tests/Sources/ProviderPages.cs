using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>The pages of Alipay and of the real-person service, to which Identity sends people, as the sandbox has them.</summary>
internal static class ProviderPages
{
    /// <summary>Goes to Alipay and agrees there (as <paramref name="phone"/>) or declines (null).</summary>
    /// <returns>The callback's path.</returns>
    public static async Task<string> ConsentAsync(IdentityFixture identity, Applicant applicant, string? phone, string target)
    {
        var consent = (await applicant.FillAsync("/account/raise/alipay?ReturnUrl=" + Uri.EscapeDataString(target))).Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        var html = await (await provider.GetAsync(consent)).Content.ReadAsStringAsync();
        return await ReturnAsync(await provider.SubmitAsync(consent, html, ("Account", phone ?? ""), ("answer", phone is null ? "decline" : "agree")));
    }

    /// <summary>Goes before the camera, and says what it saw.</summary>
    /// <returns>The callback's path.</returns>
    public static async Task<string> CaptureAsync(IdentityFixture identity, Applicant applicant, string page, string seen)
    {
        var capture = (await applicant.FillAsync(page, ("Consent", "true"))).Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        var html = await (await provider.GetAsync(capture)).Content.ReadAsStringAsync();
        await provider.SubmitAsync(capture, html, ("Seen", seen));
        return await ReturnAsync(await provider.GetAsync(capture));
    }

    private static async Task<string> ReturnAsync(HttpResponseMessage page)
    {
        var html = await Applicant.TextAsync(page);
        var link = Regex.Match(html, "id=\"return\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;
        return link.Length > 0 ? new Uri(link).PathAndQuery : throw new InvalidOperationException(html);
    }
}
