using Microsoft.Playwright;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>Registering and signing in at Identity itself, by password.</summary>
internal static class Registering
{
    public const string Password = "Account-example-Passw0rd";

    public static async Task RegisterAsync(this Visitor visitor, BrowserFixture browser, Newcomer person)
    {
        var page = visitor.Page;
        await visitor.GoToAsync("identity", "/register?ReturnUrl=%2Faccount");
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.FillAsync("#Name", person.Name);
        await page.SelectOptionAsync("#Sex", person.Sex);
        await page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
        await page.SubmitAsync();
        await page.FillAsync("#Phone", person.Phone);
        await page.SubmitAsync();
        await page.FillAsync("#Code", await person.ReadCodeAsync(browser.Description.Sandbox));
        await page.SubmitAsync();
        await page.FillAsync("#Password", Password);
        await page.FillAsync("#PasswordAgain", Password);
        await page.CheckAsync("#Agreement");
        await page.SubmitAsync();
        await page.WaitForURLAsync(browser.Address("identity") + "/account");
    }

    public static async Task SignInAsync(this Visitor visitor, Newcomer person, string password)
    {
        await visitor.GoToAsync("identity", "/sign-in?ReturnUrl=%2Faccount");
        await visitor.Page.FillAsync("input[name=Name]", person.IdNumber);
        await visitor.Page.FillAsync("input[name=Password]", password);
        await visitor.Page.SubmitAsync();
    }

    public static Task SubmitAsync(this IPage page) => page.ClickAsync("main form[method=post] button[type=submit] >> nth=0");
}
