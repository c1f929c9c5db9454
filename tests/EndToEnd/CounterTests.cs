using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;

namespace Yinxin.EndToEnd;

/// <summary>Officials at a counter: a newcomer and the newcomer's organisation are raised, and an account that somebody else opened goes to its rightful holder by two officials; both languages, on a desk and on a phone.</summary>
public sealed class CounterTests(BrowserFixture browser)
{
    private const string NewPassword = "Returned-example-Passw0rd";

    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task An_official_raises_a_newcomer_and_the_organisation(string locale, bool phone, bool script)
    {
        var (viewport, suffix) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, $"{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}");
        var company = await Newcomer.ChooseCompanyAsync(browser.Description.Sandbox);
        var person = company.LegalRepresentative;
        await using var newcomer = await browser.VisitorAsync(viewport, locale, script);
        await newcomer.RegisterAsync(browser, person);
        await using var counter = await OfficialAsync("window01", viewport, locale, script);
        var page = counter.Page;
        await page.ClickAsync("main .grid a[href='/console/counter']");
        await counter.SeenAsync("counter-home-" + suffix, script);
        await page.FillAsync("#Text", person.IdNumber);
        await page.ClickAsync("main form.panel button[type=submit]");
        Assert.DoesNotContain(person.Name, await page.InnerTextAsync("#found"), StringComparison.Ordinal);
        var account = await page.GetAttributeAsync("main a[href^='/console/accounts/']", "href");
        await counter.SeenAsync("counter-found-" + suffix, script);
        await page.ClickAsync("main a[href='/console/counter/verify']");
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.FillAsync("#Name", person.Name);
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Equal(person.Name, await page.InputValueAsync("#Name"));
        await counter.SeenAsync("counter-verify-errors-" + suffix, script);
        await page.FillAsync("#Window", "3");

        // The rest by keyboard alone.
        await page.FocusAsync("#DocumentChecked");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#receipt");
        await counter.SeenAsync("counter-verified-" + suffix, script);
        await newcomer.GoToAsync("identity", "/account");
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await newcomer.Page.InnerTextAsync("#level"), StringComparison.OrdinalIgnoreCase);
        await RaiseOrganisationAsync(counter, newcomer, company, suffix, script);
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await newcomer.Page.InnerTextAsync("main"), StringComparison.OrdinalIgnoreCase);
        await TakeBackAsync(account!, locale, phone, script);
        await newcomer.UntilLevelAsync(locale == "en" ? "Primary" : "初级");
        await ComeAgainAsync(counter, newcomer, person, suffix, script);
        Clean(counter, newcomer);
    }

    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task A_taken_over_account_goes_to_its_rightful_holder(string locale, bool phone, bool script)
    {
        var (viewport, suffix) = (phone ? BrowserFixture.Phone : BrowserFixture.Desktop, $"{locale}-{(phone ? "phone" : "desktop")}{(script ? "" : "-no-script")}");
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var claimant = await browser.VisitorAsync(viewport, locale, script);
        await using var holder = await browser.VisitorAsync(viewport, locale, script);
        await ProveAsync(claimant, person);
        await holder.RegisterAsync(browser, person);
        await FinishAsync(claimant);
        var slip = await claimant.Page.InnerTextAsync("#slip");
        await claimant.SeenAsync("dispute-slip-" + suffix, script);

        await using var first = await OfficialAsync("window01", viewport, locale, script);
        await using var second = await OfficialAsync("window02", viewport, locale, script);
        await first.GoToAsync("identity", "/console/disputes");
        await first.SeenAsync("disputes-" + suffix, script);
        var code = await OpenAsync(first, person, slip, suffix, script);
        await holder.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", holder.Page.Url, StringComparison.Ordinal);

        // The holder answers by the code of the message.
        var message = await person.WaitForMessageAsync(browser.Description.Sandbox, slip);
        await LookAsync(holder, slip, Regex.Match(message, "code (?<c>[a-z0-9-]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value);
        await holder.SeenAsync("dispute-holder-" + suffix, script);
        await holder.Page.SubmitAsync();
        await holder.Page.WaitForSelectorAsync(".error-summary");
        await holder.SeenAsync("dispute-holder-errors-" + suffix, script);
        await holder.Page.CheckAsync("#contradict");
        await holder.Page.FillAsync("#Text", "样例：这是我注册的账号");
        await holder.Page.SubmitAsync();
        await holder.SeenAsync("dispute-holder-answered-" + suffix, script);

        // Who opened it does not decide it; the second official does.
        await first.Page.ClickAsync("main a[href^='/console/disputes/']");
        await first.Page.LoadedAsync();
        Assert.Equal(0, await first.Page.Locator("button[value=grant]").CountAsync());
        await first.SeenAsync("dispute-opener-" + suffix, script);
        await second.GoToAsync("identity", "/console/disputes");
        await second.Page.FillAsync("#Text", slip);
        await second.Page.ClickAsync("main form.search button[type=submit]");
        await second.Page.ClickAsync($"main tbody a:has-text('{slip}')");
        await second.Page.ClickAsync("button[value=grant]");
        await second.Page.WaitForSelectorAsync(".error-summary");
        await second.SeenAsync("dispute-deciding-errors-" + suffix, script);
        await second.Page.FillAsync("#Reasons", "样例：证件与公安人口库一致");
        await second.Page.CheckAsync("#NoInterest");
        await second.Page.ClickAsync("button[value=grant]");
        await second.Page.WaitForSelectorAsync("#receipt");
        await second.SeenAsync("dispute-decided-" + suffix, script);

        // The claimant opens the account with the receipt's code; the former holder is out.
        await LookAsync(claimant, slip, code);
        await claimant.SeenAsync("dispute-claimant-" + suffix, script);
        await claimant.Page.ClickAsync("main a.button[href='/recover/ticket']");
        await RedeemAsync(claimant, person, code, script);
        await holder.SignInAsync(person, Registering.Password);
        await holder.Page.WaitForSelectorAsync(".error-summary");
        await claimant.SignInAsync(person, NewPassword);
        await claimant.Page.WaitForURLAsync(browser.Address("identity") + "/account");
        await claimant.SeenAsync("dispute-account-" + suffix, script);
        Clean(first, second, claimant, holder);
    }

    /// <summary>The representative registers it and comes to the counter with its certificate; then looks at it.</summary>
    private static async Task RaiseOrganisationAsync(Visitor counter, Visitor newcomer, Company company, string suffix, bool script)
    {
        await newcomer.GoToAsync("identity", "/account/organisations/new");
        await newcomer.Page.FillAsync("#Uscc", company.Uscc);
        await newcomer.Page.FillAsync("#Name", company.Name);
        await newcomer.Page.SubmitAsync();
        await newcomer.Page.WaitForURLAsync("**/account/organisations");
        var page = counter.Page;
        await counter.GoToAsync("identity", "/console/counter/organisation");
        await page.FillAsync("#Uscc", company.Uscc);
        await page.FillAsync("#IdNumber", company.LegalRepresentative.IdNumber);
        await page.FillAsync("#Name", company.LegalRepresentative.Name);
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Equal(company.Uscc, await page.InputValueAsync("#Uscc"));
        await counter.SeenAsync("counter-organisation-errors-" + suffix, script);
        await page.FillAsync("#Window", "3");
        await page.CheckAsync("#DocumentChecked");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync("#receipt");
        await counter.SeenAsync("counter-organisation-" + suffix, script);
        await newcomer.GoToAsync("identity", "/account/organisations");
        await newcomer.SeenAsync("counter-organisation-raised-" + suffix, script);
    }

    /// <summary>One security administrator proposes to take the check of the person back, another looks at it and approves.</summary>
    private async Task TakeBackAsync(string account, string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        await using var first = await OfficialAsync("security01", viewport, locale, script);
        await using var second = await OfficialAsync("security02", viewport, locale, script);
        var (proposing, deciding) = (new Story(first, "counter-back", locale, phone, script), new Story(second, "counter-back-deciding", locale, phone, script));
        await first.GoToAsync("identity", account);
        await first.Page.ClickAsync("main a[href^='/console/counter-evidence/'] >> nth=0");
        await first.Page.ClickAsync("main form.panel button[type=submit]");
        await proposing.RefusedAsync("errors");
        await first.Page.SelectOptionAsync("#Reason", "counter-mistake");
        await first.Page.FillAsync("#Explanation", "样例：证件登记有误");
        await first.Page.ClickAsync("main form.panel button[type=submit]");
        await first.Page.WaitForURLAsync("**/console/proposals/*");
        await proposing.SeenAsync("proposed");
        var proposal = new Uri(first.Page.Url).AbsolutePath;
        await second.GoToAsync("identity", proposal);
        await second.Page.ClickAsync("main a[href$='/counter-evidence']");
        await deciding.SeenAsync("check");
        await second.GoToAsync("identity", proposal);
        await second.Page.FillAsync("#Note", "样例：同意");
        await second.Page.ClickAsync("button[value=approve]");
        await second.Page.LoadedAsync();
        Assert.Equal(0, await second.Page.Locator("button[value=approve]").CountAsync());
        Clean(first, second);
    }

    /// <summary>The person comes again: to have the account unfrozen, with another name on the ID card, and without the phone.</summary>
    private async Task ComeAgainAsync(Visitor counter, Visitor newcomer, Newcomer person, string suffix, bool script)
    {
        await newcomer.SendAsync(browser.Address("identity") + "/account/freeze");
        await ActAsync(counter, "unfreeze", person, suffix, script);
        await newcomer.SignInAsync(person, Registering.Password);
        await newcomer.Page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));

        var renamed = await person.RenamedAsync(browser.Description.Sandbox, person.Name + "新");
        await ActAsync(counter, "name-change", renamed, suffix, script);
        await newcomer.GoToAsync("identity", "/account");
        Assert.Contains(renamed.Name, await newcomer.Page.InnerTextAsync("main"), StringComparison.Ordinal);

        // The ticket itself is redeemed by whoever won a dispute, in the other story.
        await ActAsync(counter, "lost-phone", renamed, suffix, script);
        Assert.NotEmpty(await counter.Page.InnerTextAsync("#secret"));
        await newcomer.GoToAsync("identity", "/account");
        Assert.Contains("/sign-in", newcomer.Page.Url, StringComparison.Ordinal);
    }

    /// <summary>One act at the window: first without the document looked at, then as it should be.</summary>
    private static async Task ActAsync(Visitor counter, string act, Newcomer person, string suffix, bool script)
    {
        var page = counter.Page;
        await counter.GoToAsync("identity", "/console/counter/" + act);
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.FillAsync("#Name", person.Name);
        await page.FillAsync("#Window", "3");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Equal(person.Name, await page.InputValueAsync("#Name"));
        await counter.SeenAsync($"counter-{act}-errors-{suffix}", script);
        await page.CheckAsync("#DocumentChecked");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync("#receipt");
        await counter.SeenAsync($"counter-{act}-{suffix}", script);
    }

    private static async Task<string> OpenAsync(Visitor first, Newcomer person, string slip, string suffix, bool script)
    {
        var page = first.Page;
        await page.ClickAsync("main a[href='/console/disputes/new']");
        await page.FillAsync("#Slip", slip);
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Equal(slip, await page.InputValueAsync("#Slip"));
        await first.SeenAsync("dispute-opening-errors-" + suffix, script);
        await page.SelectOptionAsync("#Kind", "TakenOver");
        await page.FillAsync("#Name", person.Name);
        await page.SelectOptionAsync("#Sex", person.Sex);
        await page.SelectOptionAsync("#Ethnicity", person.Ethnicity);
        await page.SelectOptionAsync("#DocumentKind", "id-card");
        await page.FillAsync("#DocumentNumber", person.IdNumber);
        await page.FillAsync("#Finding", "样例：芯片读取一致，照片与本人一致");
        await page.FillAsync("#Window", "3");
        await page.CheckAsync("#DocumentChecked");
        await page.CheckAsync("#NoInterest");
        await page.ClickAsync("main form.panel button[type=submit]");
        await page.WaitForSelectorAsync("#receipt");
        await first.SeenAsync("dispute-opened-" + suffix, script);
        return await page.InnerTextAsync("#secret");
    }

    private static async Task LookAsync(Visitor party, string number, string code)
    {
        await party.GoToAsync("identity", "/disputes");
        await party.Page.FillAsync("#Number", number);
        await party.Page.FillAsync("#Code", code);
        await party.Page.SubmitAsync();
    }

    /// <summary>The first two steps of a registration.</summary>
    private async Task ProveAsync(Visitor visitor, Newcomer person)
    {
        var page = visitor.Page;
        await visitor.GoToAsync("identity", "/register");
        await page.FillInAsync(person);
        await page.SubmitAsync();
        await page.FillAsync("#Phone", person.Phone);
        await page.SubmitAsync();
        await page.FillAsync("#Code", await person.ReadCodeAsync(browser.Description.Sandbox));
        await page.SubmitAsync();
    }

    private static async Task FinishAsync(Visitor visitor)
    {
        await visitor.Page.FillAsync("#Password", NewPassword);
        await visitor.Page.FillAsync("#PasswordAgain", NewPassword);
        await visitor.Page.CheckAsync("#Agreement");
        await visitor.Page.SubmitAsync();
    }

    private async Task RedeemAsync(Visitor claimant, Newcomer person, string code, bool script)
    {
        var page = claimant.Page;
        await page.FillAsync("#IdNumber", person.IdNumber);
        await page.FillAsync("#Ticket", code);
        await page.SubmitAsync();
        var before = await person.CountCodesAsync(browser.Description.Sandbox);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await page.FillAsync("#Phone", person.Phone);
        await page.SubmitAsync();
        if (script)
        {
            // The phone has had several messages by now: the check that this costs is done by the page, which then sends the form by itself.
            await page.WaitForSelectorAsync("#Code");
        }

        while (page.Url.EndsWith("/recover/phone", StringComparison.Ordinal))
        {
            // Without script it costs a short wait, and the form is sent again.
            patience.Token.ThrowIfCancellationRequested();
            await page.FillAsync("#Phone", person.Phone);
            await page.SubmitAsync();
        }

        while (await person.CountCodesAsync(browser.Description.Sandbox) == before)
        {
            await Task.Delay(100, patience.Token);
        }

        await page.FillAsync("#Code", await person.ReadCodeAsync(browser.Description.Sandbox));
        await page.SubmitAsync();
        await page.FillAsync("#Password", NewPassword);
        await page.FillAsync("#PasswordAgain", NewPassword);
        await page.SubmitAsync();
        await page.WaitForURLAsync("**/recover/done");
    }

    private async Task<Visitor> OfficialAsync(string account, ViewportSize viewport, string locale, bool script)
    {
        var visitor = await browser.VisitorAsync(viewport, locale, script);
        await visitor.GoToAsync("identity", "/console");
        await visitor.SignInIfAskedAsync(browser, account);
        return visitor;
    }

    private static void Clean(params Visitor[] visitors)
    {
        foreach (var visitor in visitors)
        {
            visitor.AssertQuiet();
        }
    }
}
