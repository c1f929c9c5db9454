using Microsoft.Playwright;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>Registering and signing in at Identity itself, by password.</summary>
internal static class Registering
{
    public const string Password = "Account-example-Passw0rd";

    /// <summary>An account for a story that begins with one, and its page. The forms are sent beside the pages: what those look like is told by <see cref="RegistrationTests"/> and the journey.</summary>
    public static async Task RegisterAsync(this Visitor visitor, BrowserFixture browser, Newcomer person)
    {
        var identity = browser.Address("identity");
        await visitor.SendAsync(identity + "/register?ReturnUrl=%2Faccount", ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity));
        await visitor.SendAsync(identity + "/register/phone", ("Phone", person.Phone));
        await visitor.SendAsync(identity + "/register/code", ("Code", await person.ReadCodeAsync(browser.Description.Sandbox)));
        await visitor.SendAsync(identity + "/register/check", ("Password", Password), ("PasswordAgain", Password), ("Agreement", "true"));
        await visitor.GoToAsync("identity", "/account");
        await visitor.Page.WaitForURLAsync(identity + "/account");
    }

    /// <summary>Raised to Intermediate by the bank card, in the session of the registration. The form is sent beside the page, which <see cref="RaisingTests"/> looks at.</summary>
    public static Task RaiseAsync(this Visitor visitor, BrowserFixture browser, Newcomer person) =>
        visitor.SendAsync(browser.Address("identity") + "/account/raise/bank-card?ReturnUrl=%2Faccount", ("CardNumber", person.BankCard));

    public static async Task SignInAsync(this Visitor visitor, Newcomer person, string password)
    {
        await visitor.GoToAsync("identity", "/sign-in?ReturnUrl=%2Faccount");
        await visitor.Page.FillAsync("input[name=Name]", person.IdNumber);
        await visitor.Page.FillAsync("input[name=Password]", password);
        await visitor.Page.SubmitAsync();
    }

    /// <summary>Opens the account's page again and again until what happened elsewhere has arrived there.</summary>
    public static async Task UntilLevelAsync(this Visitor visitor, string level)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await visitor.GoToAsync("identity", "/account");
        while (await visitor.Page.InnerTextAsync("#level") != level)
        {
            await Task.Delay(100, patience.Token);
            await visitor.Page.ReloadAsync();
        }
    }

    /// <summary>The four particulars, where a page asks for them.</summary>
    public static async Task FillInAsync(this IPage page, Newcomer person)
    {
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.FillAsync("#Name", person.Name);
        await page.SelectOptionAsync("#Sex", person.Sex);
        await page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
    }

    /// <summary>Sends the page's form; what follows is there to be looked at, for a click waits only until the next page begins.</summary>
    public static async Task SubmitAsync(this IPage page)
    {
        await page.ClickAsync("main form[method=post] button[type=submit] >> nth=0");
        await page.LoadedAsync();
    }
}
