using System.Net;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Links;

/// <summary>From each app's menu and footer the account centre is one click away, at its configured address.</summary>
public sealed class MenuTests(SqlitePlatform platform) : IClassFixture<SqlitePlatform>
{
    private string Account => platform.Address("identity") + "/account";

    [Fact]
    public async Task A_visitor_finds_account_organisations_mandates_and_help_at_the_foot_of_the_portal()
    {
        using var browser = new HttpBrowser();
        await browser.GetAsync(platform.Address("web") + "/");
        var links = browser.Page.QuerySelectorAll("footer a").Select(a => a.GetAttribute("href")!).ToList();
        string[] expected = [Account, Account + "/organisations", Account + "/mandates", "/help"];
        Assert.Equal(expected, links);
        foreach (var link in links)
        {
            await browser.GetAsync(platform.Address("web") + "/");
            await browser.FollowAsync($"footer a[href='{link}']");
            Assert.Equal((HttpStatusCode.OK, link == "/help" ? "/help" : "/sign-in"), (browser.Status, browser.Address.AbsolutePath));
        }

        // The help that tells of registering an organisation leads there.
        await browser.GetAsync(platform.Address("web") + "/help");
        Assert.NotNull(browser.Page.QuerySelector($"main details a[href='{Account}/organisations']"));
    }

    [Theory]
    [InlineData("web", "/cases", "citizen02")]
    [InlineData("payment", "/", "citizen02")]
    [InlineData("desk", "/", "handler01")]
    public async Task Whoever_is_signed_in_comes_from_the_menu_to_the_account_and_from_there_to_the_portal(string app, string path, string name)
    {
        using var browser = await SignInAsync(app, path, name);
        Assert.Equal(app != "desk", browser.Page.QuerySelector("header a[href^='/switch-acting']") is not null);
        await browser.FollowAsync($"header a[href='{Account}']");
        Assert.Equal((HttpStatusCode.OK, Account), (browser.Status, browser.Address.AbsoluteUri));
        await browser.FollowAsync("footer a");
        Assert.Equal((HttpStatusCode.OK, platform.Address("web") + "/"), (browser.Status, browser.Address.AbsoluteUri));
    }

    [Theory]
    [InlineData("window01", true)]
    [InlineData("handler01", false)]
    public async Task The_desk_leads_to_the_console_whoever_may_enter_it(string name, bool enters)
    {
        using var browser = await SignInAsync("desk", "/", name);
        Assert.Equal(enters, browser.Page.QuerySelector($"header a[href='{platform.Address("identity")}/console']") is not null);
        await browser.GetAsync(platform.Address("identity") + "/console");
        Assert.Equal(enters ? HttpStatusCode.OK : HttpStatusCode.Forbidden, browser.Status);
    }

    private async Task<HttpBrowser> SignInAsync(string app, string path, string name)
    {
        var (browser, account) = (new HttpBrowser(), platform.Account(name));
        await browser.GetAsync(platform.Address(app) + path);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        Assert.StartsWith(platform.Address(app), browser.Address.AbsoluteUri, StringComparison.Ordinal);
        return browser;
    }
}
