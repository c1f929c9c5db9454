using System.Web;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Testing;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>A computer is signed in by the phone: two browsers, and the picture read by another library than the one that drew it.</summary>
public sealed class QrSignInTests(BrowserFixture browser)
{
    /// <param name="locale">Language of both.</param>
    /// <param name="turned">Whether the window that is signed in is as narrow as a phone's, and what scans it as wide as a tablet held across: each side is seen at both widths.</param>
    /// <param name="script">Whether script runs.</param>
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_phone_signs_a_computer_in(string locale, bool turned, bool script)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var phone = await browser.VisitorAsync(turned ? BrowserFixture.Desktop : BrowserFixture.Phone, locale, script);
        await phone.RegisterAsync(browser, person);
        await using var computer = await browser.VisitorAsync(turned ? BrowserFixture.Phone : BrowserFixture.Desktop, locale, script);
        var (page, story) = (computer.Page, $"qr-{locale}{(turned ? "-turned" : "")}{(script ? "" : "-no-script")}-");
        await computer.GoToAsync("identity", "/sign-in?ReturnUrl=%2Faccount");
        await page.ClickAsync("main a[href^='/sign-in/qr']");
        await computer.SeenAsync(story + "01-computer", script);

        // Somebody else's guess: the phone refuses and the computer says so.
        await phone.Page.GotoAsync(await ScannedAsync(computer));
        await phone.SeenAsync(story + "02-phone", script);
        await phone.Page.ClickAsync("button[name=Number][value='']");
        await phone.SeenAsync(story + "03-refused", script);
        if (script)
        {
            await page.WaitForSelectorAsync("[data-refused]:visible");
            await computer.SeenAsync(story + "04-computer-refused", script);
        }

        await page.ClickAsync("[data-renew]");
        var number = (await page.InnerTextAsync("#number")).Trim();
        await phone.Page.GotoAsync(await ScannedAsync(computer));
        await phone.Page.ClickAsync($"button[name=Number][value='{number}']");
        await phone.SeenAsync(story + "05-confirmed", script);
        if (!script)
        {
            await page.SubmitAsync();
        }

        // With script the computer goes on by itself.
        await page.WaitForURLAsync(browser.Address("identity") + "/account");
        Assert.Contains(person.Name[^1..], await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await computer.SeenAsync(story + "06-signed-in", script);
        Assert.Empty(computer.ForeignRequests.Concat(phone.ForeignRequests));
        Assert.Empty(computer.ConsoleErrors.Concat(phone.ConsoleErrors));
    }

    private async Task<string> ScannedAsync(Visitor computer)
    {
        var source = await computer.Page.GetAttributeAsync("main img", "src") ?? throw new InvalidOperationException("No picture.");
        const string inline = "data:image/png;base64,";
        var png = source.StartsWith(inline, StringComparison.Ordinal)
            ? Convert.FromBase64String(source[inline.Length..])
            : await (await computer.Page.Context.APIRequest.GetAsync(new Uri(new Uri(browser.Address("identity")), HttpUtility.HtmlDecode(source)).ToString())).BodyAsync();
        return QrReader.Read(png);
    }
}
