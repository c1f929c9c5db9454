using Microsoft.Playwright;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>One walk of one visitor: its screens are numbered in the order in which they are seen, and named by language and width.</summary>
internal sealed class Story(Visitor visitor, string name, string locale, bool phone, bool script = true)
{
    private int screens;

    public IPage Page => visitor.Page;

    public Task SeenAsync(string screen) => visitor.SeenAsync($"{name}-{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}-{++screens:00}-{screen}", script);

    /// <summary>Looks at a form that was refused: it says what is wrong.</summary>
    public async Task RefusedAsync(string screen)
    {
        await Page.WaitForSelectorAsync(".error-summary");
        await Page.LoadedAsync();
        await SeenAsync(screen);
    }
}
