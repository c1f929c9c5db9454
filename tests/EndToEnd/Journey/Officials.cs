using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd.Journey;

/// <summary>What the officials do at their desk, each in a browser of his own.</summary>
internal static class Officials
{
    private static readonly (string Account, string Act, string Opinion)[] Steps =
    [
        ("window01", "Receive", "材料齐全"), ("window01", "Accept", "符合受理条件"), ("handler01", "Handle", "经审查符合条件，建议准予"),
        ("reviewer01", "Examine", "同意"), ("approver01", "Grant", "准予许可"),
    ];

    public static async Task VerifyAtTheCounterAsync(BrowserFixture browser, Newcomer person, bool script)
    {
        await using var officer = await browser.VisitorAsync(BrowserFixture.Desktop, script: script);
        await officer.GoToAsync("desk", "/counter");
        await officer.SignInIfAskedAsync(browser, "window01");
        await officer.Page.FillAsync("#IdNumber", person.IdNumber);
        await officer.Page.FillAsync("#Name", person.Name);
        await officer.Page.CheckAsync("#DocumentChecked");
        await officer.Page.ClickAsync("#counter button");
        await officer.Page.WaitForSelectorAsync("#counter-done");
        await officer.SeenAsync("journey-counter", script);
    }

    /// <summary>Five steps by four officials: who handles a case neither examines nor approves it.</summary>
    public static async Task DecideAsync(BrowserFixture browser, string caseNumber, bool script)
    {
        foreach (var steps in Steps.GroupBy(s => s.Account, StringComparer.Ordinal))
        {
            await using var official = await browser.VisitorAsync(BrowserFixture.Desktop, script: script);
            await official.GoToAsync("desk", "/");
            await official.SignInIfAskedAsync(browser, steps.Key);
            await official.Page.FillAsync("#Q", caseNumber);
            await official.Page.ClickAsync("form.search button");
            await official.Page.ClickAsync($"#queue a[href='/cases/{caseNumber}']");
            foreach (var step in steps)
            {
                await official.Page.FillAsync("#Opinion", step.Opinion);
                await official.SeenAsync($"journey-desk-{step.Act}", script);
                await official.Page.ClickAsync("#act-" + step.Act);
                await official.Page.LoadedAsync();
                Assert.Equal(0, await official.Page.Locator(".error-summary").CountAsync());
            }

            Assert.Empty(official.ForeignRequests);
            Assert.Empty(official.ConsoleErrors);
        }
    }
}
