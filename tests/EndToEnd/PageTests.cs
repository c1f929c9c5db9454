using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;

namespace Yinxin.EndToEnd;

/// <summary>
/// Every page in both languages, on a desk and on a phone: WCAG 2.2 AA by axe-core, no foreign request, no breach of the content policy, nothing wider than the screen. What a story walks
/// in all four is left to the story: raising, the second factor, phone, sessions, applications, notices, history, export, freezing, recovery, organisations.
/// </summary>
public abstract class PageTests(BrowserFixture browser, string locale)
{
    private static readonly (string App, string Path, string? Account)[] Pages =
    [
        ("web", "/", null), ("web", "/matters", null), ("web", "/matters/11349900MB0000051U3000199006000", null), ("web", "/help", null), ("web", "/lookup", null),
        ("web", "/accessibility", null), ("web", "/privacy", null), ("web", "/cases", "citizen02"), ("web", "/licenses", "citizen02"),
        ("web", "/apply/11349900MB0000051U3000199006000", "citizen02"),
        ("identity", "/sign-in", null), ("identity", "/register", null), ("identity", "/terms", null), ("identity", "/privacy", null),
        ("license", "/verify", null), ("sandbox", "/", null), ("sandbox", "/sms", null),
        ("identity", "/account", "citizen01"), ("identity", "/account/acting", "company01"), ("identity", "/account/passkeys", "citizen01"), ("identity", "/account/password", "citizen01"),
        ("identity", "/account/step-up", "citizen01"), ("identity", "/account/mandates", "citizen01"), ("identity", "/account/step-up", "citizen02"), ("identity", "/account/confirm", "citizen01"),
        ("identity", "/account/confirm/code?way=sms&sent=true", "citizen01"), ("identity", "/account/confirm/passkey", "citizen01"), ("identity", "/account/step-up/phone", "citizen01"),
        ("identity", "/step-up?code=none", "citizen01"), ("identity", "/presence/phone?code=none", "citizen01"),
        ("identity", "/recover/ticket", null), ("identity", "/recover/done?hours=24", null), ("identity", "/sign-in/qr", null), ("identity", "/sign-in/second-factor", "citizen01"),
        ("identity", "/account/recovery", "citizen01"), ("identity", "/account/close", "citizen01"), ("identity", "/account/close", "company01"),
        ("identity", "/freeze", null), ("identity", "/qr?code=none", "citizen01"),
        ("identity", "/disputes", null), ("identity", "/recover/stop", null), ("identity", "/console/accounts", "security01"), ("identity", "/console/keys", "system01"),
        ("payment", "/", "citizen02"), ("desk", "/", "handler01"), ("desk", "/counter", "window01"),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_are_accessible_and_ask_no_stranger(bool phone)
    {
        foreach (var group in Pages.GroupBy(p => p.Account, StringComparer.Ordinal))
        {
            await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
            if (group.Key is { } owner && browser.Account(owner).Phone is not null)
            {
                await visitor.SignInWithTwoFactorsAsync(browser, owner);
            }

            foreach (var (app, path, account) in group)
            {
                await visitor.GoToAsync(app, path);
                await visitor.SignInIfAskedAsync(browser, account);
                Assert.Equal(locale, await visitor.Page.GetAttributeAsync("html", "lang"));
                await visitor.SeenAsync($"{app}{path.Replace('/', '-').TrimEnd('-')}-{locale}-{(phone ? "phone" : "desktop")}", script: true);
            }

            visitor.AssertQuiet();
        }
    }
}

public sealed class ChinesePageTests(BrowserFixture browser) : PageTests(browser, "zh-CN");

public sealed class EnglishPageTests(BrowserFixture browser) : PageTests(browser, "en");

/// <summary>What has to work where no script runs at all.</summary>
public sealed class NoScriptTests(BrowserFixture browser)
{
    [Fact]
    public async Task A_licence_file_is_verified_with_script_off_and_a_stranger_file_is_refused()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Phone, script: false);
        await visitor.GoToAsync("license", "/verify");
        await visitor.Page.SetInputFilesAsync("#File", new FilePayload { Name = "x.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7\nno licence"u8.ToArray() });
        await visitor.Page.ClickAsync("#verify-form button");
        Assert.Equal("invalid", await visitor.Page.GetAttributeAsync("#report", "data-result"));
        await visitor.GoToAsync("license", "/verify");
        await visitor.Page.ClickAsync("#verify-form button");
        await visitor.Page.WaitForSelectorAsync(".error-summary");
    }

    [Fact]
    public async Task Language_and_elderly_switches_work_with_script_off()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Desktop, script: false);
        await visitor.GoToAsync("license", "/verify");
        await visitor.Page.ClickAsync("text=English");
        Assert.Equal("en", await visitor.Page.GetAttributeAsync("html", "lang"));
        await visitor.Page.ClickAsync("text=Large text");
        Assert.Contains("elderly", await visitor.Page.GetAttributeAsync("html", "class") ?? "", StringComparison.Ordinal);
        Assert.EndsWith("/verify", visitor.Page.Url, StringComparison.Ordinal);
    }
}

/// <summary>Signing in by password, as a person does.</summary>
internal static class SigningIn
{
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.Ordinal);

    /// <summary>Signs in at the account centre and shows a second factor, so that what follows is not asked for one.</summary>
    public static async Task SignInWithTwoFactorsAsync(this Visitor visitor, BrowserFixture browser, string signInName)
    {
        await visitor.GoToAsync("identity", "/account");
        await visitor.SignInIfAskedAsync(browser, signInName);
        await visitor.GoToAsync("identity", "/account/confirm/code?way=sms");
        await visitor.ShowCodeAsync(browser, signInName);
    }

    /// <summary>On the page of the text message: sends it, reads it, types it.</summary>
    public static Task ShowCodeAsync(this Visitor visitor, BrowserFixture browser, string signInName) => InTurnAsync(signInName, async () =>
    {
        await visitor.Page.ClickAsync("#confirm-send button");
        await visitor.Page.FillAsync("#Code", await CodeAsync(browser, signInName));
        await visitor.Page.ClickAsync("#confirm-code button");
    });

    /// <summary>One story at a time asks for a code of a sample account: several are signed in to it, and no message says for which of them it is.</summary>
    public static async Task InTurnAsync(string signInName, Func<Task> act)
    {
        var turn = Turns.GetOrAdd(signInName, _ => new SemaphoreSlim(1));
        await turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The newest code that was sent to the account's phone.</summary>
    public static async Task<string> CodeAsync(BrowserFixture browser, string signInName)
    {
        using var sandbox = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", browser.Description.Sandbox.ApiKey } } };
        var messages = await sandbox.GetFromJsonAsync<List<JsonElement>>(new Uri($"{browser.Description.Sandbox.Address}/sms/v1/messages?phone={browser.Account(signInName).Phone}"));
        return new string([.. messages!.First(m => m.GetProperty("purpose").GetString() == "second-factor").GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(6)]);
    }

    public static async Task SignInIfAskedAsync(this Visitor visitor, BrowserFixture browser, string? signInName)
    {
        if (signInName is null || !visitor.Page.Url.Contains("/sign-in?", StringComparison.Ordinal))
        {
            return;
        }

        var account = browser.Account(signInName);
        await visitor.Page.FillAsync("input[name=Name]", account.SignInName);
        await visitor.Page.FillAsync("input[name=Password]", account.Password);
        await visitor.Page.ClickAsync("main form button[type=submit] >> nth=0");
        await visitor.Page.LoadedAsync();
        if (visitor.Page.Url.Contains("/account/acting", StringComparison.Ordinal) && await visitor.Page.Locator("main form button[type=submit]").CountAsync() > 0
            && visitor.Page.Url.Contains("ReturnUrl", StringComparison.OrdinalIgnoreCase))
        {
            await visitor.Page.ClickAsync("main form button[type=submit] >> nth=0");
        }
    }
}
