using System.Net;
using System.Web;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.StepUp;

/// <summary>A person who shows more of a sign-in, by the pages.</summary>
internal static class Strengthening
{
    public const string Sms = "/account/confirm/code?way=sms";
    public const string Intermediate = "urn:yinxin:assurance:intermediate";
    public const string Primary = "urn:yinxin:assurance:primary";
    public const string Advanced = "urn:yinxin:assurance:advanced";

    public static string Essential(params string[] values) =>
        System.Text.Json.JsonSerializer.Serialize(new { id_token = new { acr = new { essential = true, values } } });

    /// <summary>By text message to the account's own phone.</summary>
    public static async Task<HttpResponseMessage> StrengthenAsync(this Browser browser, IdentityFixture identity, string phone, string returnUrl = "/account")
    {
        await browser.SendCodeAsync(returnUrl);
        return await browser.TypeCodeAsync("sms", await identity.Sandbox.CodeAsync(phone), returnUrl);
    }

    public static async Task<HttpResponseMessage> SendCodeAsync(this Browser browser, string returnUrl = "/account")
    {
        var page = await browser.ReadAsync(Sms + "&ReturnUrl=" + Uri.EscapeDataString(returnUrl));
        return await browser.SubmitAsync("/account/confirm/code?handler=Send", page, ("Way", "sms"), ("ReturnUrl", returnUrl));
    }

    public static async Task<HttpResponseMessage> TypeCodeAsync(this Browser browser, string way, string code, string returnUrl = "/account")
    {
        var url = $"/account/confirm/code?way={way}&sent=true&ReturnUrl={Uri.EscapeDataString(returnUrl)}";
        return await browser.SubmitAsync(url, await browser.ReadAsync(url), ("Code", code));
    }

    public static async Task<HttpResponseMessage> ConfirmByPasskeyAsync(this Browser browser, SoftwareAuthenticator device, string returnUrl = "/account")
    {
        var url = "/account/confirm/passkey?ReturnUrl=" + Uri.EscapeDataString(returnUrl);
        var page = await (await browser.GetAsync(url)).Content.ReadAsStringAsync();
        var options = await (await browser.SubmitAsync("/passkeys/request-options", page)).Content.ReadAsStringAsync();
        return await browser.SubmitAsync(url, page, ("Passkey", device.Get(options)));
    }

    public static async Task<HttpResponseMessage> SignInByPasskeyAsync(this Browser browser, SoftwareAuthenticator device)
    {
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        var options = await (await browser.SubmitAsync("/passkeys/request-options", page)).Content.ReadAsStringAsync();
        return await browser.SubmitAsync("/sign-in", page, ("Passkey", device.Get(options)));
    }

    /// <param name="applicant">Whose it is.</param>
    /// <param name="origin">Of the server.</param>
    /// <param name="synced">Whether the key is one that its maker copies to the person's other devices.</param>
    public static async Task<SoftwareAuthenticator> AddPasskeyAsync(this Applicant applicant, string origin, bool synced = false)
    {
        var device = new SoftwareAuthenticator(origin) { BackupEligible = synced, BackedUp = synced };
        var page = await (await applicant.Browser.GetAsync("/account/passkeys")).Content.ReadAsStringAsync();
        var options = await (await applicant.Browser.SubmitAsync("/passkeys/creation-options", page)).Content.ReadAsStringAsync();
        var done = await applicant.Browser.SubmitAsync("/account/passkeys", page, ("Passkey", device.Create(options)), ("Label", "样例"));
        return done.StatusCode == HttpStatusCode.Found ? device : throw new InvalidOperationException(await Applicant.TextAsync(done));
    }

    /// <summary>An account at Intermediate, and a browser that has shown its password and nothing else.</summary>
    public static async Task<(Applicant Owner, Browser Browser)> ByPasswordAsync(IdentityFixture identity, bool raised = true)
    {
        var owner = await Applicant.RegisteredAsync(identity);
        if (raised)
        {
            await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        }

        var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        return (owner, browser);
    }

    /// <summary>Where an authorization request of this browser leads at once.</summary>
    public static async Task<string> AskAsync(this Browser browser, RelyingParty party, params (string Name, string? Value)[] changes) =>
        (await browser.GetAsync(party.AuthorizeUrl(changes))).Headers.Location!.OriginalString;

    /// <summary>The tokens that it gives without a page in between.</summary>
    public static async Task<Answer> TokensAsync(this Browser browser, RelyingParty party, params (string Name, string? Value)[] changes) =>
        await party.RedeemAsync(RelyingParty.Code(new Uri(await browser.AskAsync(party, changes))));

    public static string? Acr(this Answer tokens) => Answer.Claims(tokens.IdToken).GetProperty("acr").GetString();

    public static long AuthTime(this Answer tokens) => Answer.Claims(tokens.IdToken).GetProperty("auth_time").GetInt64();

    public static string[] Amr(this Answer tokens) => [.. Answer.Claims(tokens.IdToken).GetProperty("amr").EnumerateArray().Select(m => m.GetString()!)];

    public static string? Error(string location) => HttpUtility.ParseQueryString(new Uri(location).Query)["error"];

    public static string ReturnUrl(this string page) => HttpUtility.ParseQueryString(new Uri("http://x" + page).Query)["ReturnUrl"]!;
}
