using Xunit;
using Yinxin.EndToEnd.Accounts;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>What a computer cannot do, or not as well, is done on the phone: its camera proves presence, its person raises the level; the computer goes on by itself. The further factor: <see cref="StepUpTests"/>.</summary>
public sealed class HandoverTests(BrowserFixture browser)
{
    /// <param name="locale">Language of both.</param>
    /// <param name="narrow">Whether the computer's window is as narrow as a phone: a tablet, or a phone without a camera that will do.</param>
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task The_camera_is_the_phones_and_the_application_goes_on_at_the_computer(string locale, bool narrow)
    {
        // Somebody new: the checks that a person has within an hour are used up by PresenceTests for the sample person.
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var computer = await browser.VisitorAsync(narrow ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        await using var phone = await browser.VisitorAsync(BrowserFixture.Phone, locale);
        await computer.RegisterAsync(browser, person);
        await computer.RaiseAsync(browser, person);
        await PresenceTests.FillInAsync(computer);
        await computer.Page.CheckAsync("#Declaration");
        await computer.Page.ClickAsync("#submit button[type=submit]");
        await computer.Page.ClickAsync("#phone");
        await computer.SeenAsync($"presence-handover-{Computer(narrow)}-{locale}", script: true);
        Assert.Contains("60000.00", await computer.Page.InnerTextAsync("#purpose"), StringComparison.Ordinal);
        var number = await computer.Page.InnerTextAsync("#number");

        await ScanAsync(computer, phone);
        await phone.Page.FillAsync("input[name=Name]", person.IdNumber);
        await phone.Page.FillAsync("input[name=Password]", Registering.Password);
        await phone.Page.SubmitAsync();
        Assert.Contains("60000.00", await phone.Page.InnerTextAsync("#purpose"), StringComparison.Ordinal);
        await phone.SeenAsync("presence-handover-phone-" + locale, script: true);
        await phone.Page.ClickAsync("main form button[type=submit]");
        await phone.Page.WaitForSelectorAsync(".error-summary");
        await phone.SeenAsync("presence-handover-phone-no-number-" + locale, script: true);
        await phone.Page.CheckAsync($"#number-{number}");
        await phone.Page.ShowFaceAsync("right");
        await phone.Page.WaitForSelectorAsync("main .notice.good");
        await phone.SeenAsync("presence-handover-phone-done-" + locale, script: true);

        // Nobody touches the computer.
        await computer.Page.WaitForSelectorAsync("#confirmed-notice");
        Assert.StartsWith(browser.Address("web") + "/apply/", computer.Page.Url, StringComparison.Ordinal);
        Assert.True(await computer.Page.IsCheckedAsync("#Declaration"));
        await computer.Page.ClickAsync("#submit button[type=submit]");
        Assert.Equal("Submitted", await computer.Page.GetAttributeAsync("#state", "data-state"));
        computer.AssertQuiet();
        phone.AssertQuiet();
    }

    /// <param name="locale">Language of both.</param>
    /// <param name="narrow">Whether the computer's window is as narrow as a phone.</param>
    [Theory]
    [MemberData(nameof(Cells.Both), MemberType = typeof(Cells))]
    public async Task The_level_is_raised_on_the_phone_and_the_computer_goes_on_where_it_was(string locale, bool narrow)
    {
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await using var computer = await browser.VisitorAsync(narrow ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        await using var phone = await browser.VisitorAsync(BrowserFixture.Phone, locale);
        await computer.RegisterAsync(browser, person);
        await computer.GoToAsync("identity", "/account/step-up?ReturnUrl=%2Faccount%2Fnotices");
        await computer.SeenAsync($"raise-handover-step-up-{Computer(narrow)}-{locale}", script: true);
        await computer.Page.ClickAsync("a[href^='/account/step-up/phone']");
        await computer.SeenAsync($"raise-handover-{Computer(narrow)}-{locale}", script: true);
        var number = await computer.Page.InnerTextAsync("#number");

        await phone.SignInAsync(person, Registering.Password);
        await ScanAsync(computer, phone);
        await phone.SeenAsync("raise-handover-phone-number-" + locale, script: true);
        await phone.Page.ClickAsync($"button[name=Number][value='{number}']");
        await phone.SeenAsync("raise-handover-phone-ways-" + locale, script: true);
        await phone.Page.ClickAsync("main a.button[href*='/bank-card?']");

        // The phone has shown the password alone, and others may know the card as well.
        await phone.SeenAsync("raise-handover-phone-confirm-" + locale, script: true);
        await phone.Page.ClickAsync("[data-way=sms] a");
        var codes = await person.CountCodesAsync(browser.Description.Sandbox);
        await phone.Page.ClickAsync("#confirm-send button");
        await phone.Page.FillAsync("#Code", await person.WaitForCodeAsync(browser.Description.Sandbox, codes));
        await phone.Page.ClickAsync("#confirm-code button");
        await phone.Page.FillAsync("#CardNumber", person.BankCard);
        await phone.Page.SubmitAsync();
        await phone.Page.WaitForSelectorAsync("main .notice.good");
        await phone.SeenAsync("raise-handover-phone-done-" + locale, script: true);

        await computer.Page.WaitForURLAsync(browser.Address("identity") + "/account/notices");
        await computer.UntilLevelAsync(locale == "en" ? "Intermediate" : "中级");
        computer.AssertQuiet();
        phone.AssertQuiet();
    }

    private static string Computer(bool narrow) => narrow ? "computer-narrow" : "computer";

    private static async Task ScanAsync(Visitor computer, Visitor phone) =>
        await phone.Page.GotoAsync(QrReader.Read(Convert.FromBase64String((await computer.Page.GetAttributeAsync("main img", "src"))!.Split(',')[1])));
}
