using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>What a person does to be raised, at our pages and at those of the source.</summary>
internal static partial class RaisingActs
{
    /// <summary>By one's own card, account or face.</summary>
    /// <param name="identity">The server.</param>
    /// <param name="applicant">With a session.</param>
    /// <param name="kind">The kind of evidence.</param>
    /// <param name="target">Where to go on.</param>
    public static async Task<HttpResponseMessage> RaiseAsync(IdentityFixture identity, Applicant applicant, string kind, string target = "/account") => kind switch
    {
        "unionpay-card" => await applicant.FillAsync("/account/raise/bank-card?ReturnUrl=" + target, ("CardNumber", applicant.Person.BankCard)),
        "housing-fund-account" => await applicant.FillAsync("/account/raise/housing-fund?ReturnUrl=" + target, ("Account", applicant.Person.HousingFund)),
        "alipay-account" => await applicant.Browser.GetAsync(await ConsentAsync(identity, applicant, applicant.Person.Phone, target)),
        _ => await applicant.Browser.GetAsync(await CaptureAsync(identity, applicant, "/account/raise/real-person?ReturnUrl=" + target, "right")),
    };

    /// <summary>Goes to the provider and agrees there (as <paramref name="phone"/>) or declines (null).</summary>
    /// <returns>The callback's path.</returns>
    public static async Task<string> ConsentAsync(IdentityFixture identity, Applicant applicant, string? phone, string target = "/account")
    {
        var consent = (await applicant.FillAsync("/account/raise/alipay?ReturnUrl=" + Uri.EscapeDataString(target))).Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        var html = await (await provider.GetAsync(consent)).Content.ReadAsStringAsync();
        return await ReturnAsync(await provider.SubmitAsync(consent, html, ("Account", phone ?? ""), ("answer", phone is null ? "decline" : "agree")));
    }

    /// <summary>Goes before the camera of the authority, of which the tester says what it saw.</summary>
    /// <returns>The way back.</returns>
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
        var link = Return().Match(html).Groups["link"].Value;
        return link.Length > 0 ? new Uri(link).PathAndQuery : throw new InvalidOperationException(html);
    }

    [GeneratedRegex("id=\"return\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Return();
}
