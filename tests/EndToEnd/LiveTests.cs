using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>Searches that answer while one types: the page stays, the cursor stays, the address tells what is shown, and the policy of the page is kept.</summary>
public sealed class LiveTests(BrowserFixture browser)
{
    /// <summary>The form once its script listens. What is typed before that is found by the button.</summary>
    private const string Powered = "#search[data-htmx-powered]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Services_are_found_while_one_types(bool phone)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop);
        var page = visitor.Page;
        await visitor.GoToAsync("web", "/matters");
        await page.WaitForSelectorAsync(Powered);
        await page.EvaluateAsync("window.stays = true");
        var all = await page.Locator("#matters > li").CountAsync();
        await page.Locator("#q").PressSequentiallyAsync("出版物");
        await page.WaitForFunctionAsync("before => document.querySelectorAll('#matters > li').length < before", all);
        await page.WaitForURLAsync("**/matters?q=%E5%87%BA%E7%89%88%E7%89%A9**");
        Assert.Contains("出版物", await page.InnerTextAsync("#matters"), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("window.stays === true && document.activeElement.id === 'q'"));
        await visitor.SeenAsync($"live-matters-{(phone ? "phone" : "desktop")}", script: true);

        // The address alone shows the same again, and nothing was loaded into the page but its part.
        var rows = await page.InnerTextAsync("#matters");
        await page.ReloadAsync();
        Assert.Equal((rows, 1, "出版物"), (await page.InnerTextAsync("#matters"), await page.Locator("h1").CountAsync(), await page.InputValueAsync("#q")));
        AssertQuiet(visitor);
    }

    [Fact]
    public async Task Half_a_word_that_is_being_composed_is_no_query()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop);
        var page = visitor.Page;
        await visitor.GoToAsync("web", "/matters");
        await page.WaitForSelectorAsync(Powered);
        var queries = new List<string>();
        page.Request += (_, request) => queries.Add(request.Url);
        await page.FocusAsync("#q");
        var session = await page.Context.NewCDPSessionAsync(page);
        foreach (var half in new[] { "c", "chu", "chuban" })
        {
            await session.SendAsync("Input.imeSetComposition", new Dictionary<string, object> { ["text"] = half, ["selectionStart"] = half.Length, ["selectionEnd"] = half.Length });
        }

        await session.SendAsync("Input.insertText", new Dictionary<string, object> { ["text"] = "出版" });
        await page.WaitForURLAsync("**/matters?q=%E5%87%BA%E7%89%88**");
        Assert.DoesNotContain(queries, q => q.Contains("q=c", StringComparison.Ordinal));
        AssertQuiet(visitor);
    }

    [Fact]
    public async Task The_officials_list_follows_its_filter_and_a_session_that_has_ended_leads_to_the_sign_in()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop);
        var page = visitor.Page;
        await visitor.GoToAsync("desk", "/");
        await visitor.SignInIfAskedAsync(browser, "handler01");
        await page.WaitForSelectorAsync(Powered);
        await page.EvaluateAsync("window.stays = true");
        await page.FillAsync("#Q", "00000000");
        await page.WaitForURLAsync("**/?State=&Q=00000000");
        await page.WaitForSelectorAsync("#results .empty");
        await page.SelectOptionAsync("#State", "Submitted");
        await page.WaitForURLAsync("**/?State=Submitted&Q=00000000");
        Assert.True(await page.EvaluateAsync<bool>("window.stays === true"));
        await visitor.SeenAsync("live-desk", script: true);

        await page.Context.ClearCookiesAsync();
        await page.FillAsync("#Q", "1");
        await page.WaitForURLAsync("**/sign-in**");
        AssertQuiet(visitor);
    }

    private static void AssertQuiet(Visitor visitor)
    {
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }
}
