using Microsoft.Playwright;
using Xunit;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>Waiting for what happens elsewhere, in another browser or behind the pages.</summary>
internal static class Awaiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Opens the page again and again until something stands there. The page must be one that was opened by its address, not the answer to a form.</summary>
    public static async Task UntilAsync(this IPage page, string selector)
    {
        using var patience = new CancellationTokenSource(Patience);
        await page.LoadedAsync();
        while (await page.Locator(selector).CountAsync() == 0)
        {
            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"{selector} did not appear on {page.Url}: {await page.InnerTextAsync("body")}");
            }

            await page.WaitForTimeoutAsync(100);
            await page.ReloadAsync();
        }
    }
}
