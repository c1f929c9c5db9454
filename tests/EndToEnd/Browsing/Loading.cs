using Microsoft.Playwright;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>Waiting for the page that follows.</summary>
internal static class Loading
{
    private const int Tries = 30;
    private const float EachMilliseconds = 2_000;

    /// <summary>
    /// Until what a click has led to is there to be looked at. In short turns: Playwright first looks what has happened and then waits for what happens next, and what falls between the two on a
    /// busy machine is waited for in vain; the next turn finds it.
    /// </summary>
    public static async Task LoadedAsync(this IPage page)
    {
        for (var n = 1; ; n++)
        {
            try
            {
                await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded, new PageWaitForLoadStateOptions { Timeout = EachMilliseconds });
                return;
            }
            catch (TimeoutException) when (n < Tries)
            {
                // Looked at once more.
            }
        }
    }
}
