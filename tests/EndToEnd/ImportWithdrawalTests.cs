using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Testing;

namespace Yinxin.EndToEnd;

/// <summary>What a city handed over wrongly is taken back by two security administrators; both languages, on a desk and on a phone.</summary>
public sealed class ImportWithdrawalTests(BrowserFixture browser)
{
    [Theory]
    [MemberData(nameof(Cells.WithoutScriptToo), MemberType = typeof(Cells))]
    public async Task What_an_import_brought_is_taken_back_by_two_officials(string locale, bool phone, bool script)
    {
        var viewport = phone ? BrowserFixture.Phone : BrowserFixture.Desktop;
        var id = await HandOverAsync(await Newcomer.ChooseAsync(browser.Description.Sandbox));
        await using var first = await ConsoleTests.SignedInAsync(browser, "security01", viewport, locale, script);
        await using var second = await ConsoleTests.SignedInAsync(browser, "security02", viewport, locale, script);
        var (proposing, deciding) = (new Story(first, "import-back", locale, phone, script), new Story(second, "import-back-deciding", locale, phone, script));
        await first.GoToAsync("identity", $"/console/imports/{id}");
        await proposing.SeenAsync("import");
        await first.Page.ClickAsync("main a[href$='/withdrawal']");
        Assert.Equal("1", await first.Page.InnerTextAsync("#accounts"));
        await first.Page.ClickAsync("main form.panel button[type=submit]");
        await proposing.RefusedAsync("errors");
        await first.Page.SelectOptionAsync("#Reason", "import-mistake");
        await first.Page.FillAsync("#Explanation", "样例：文件版本有误");
        await first.Page.ClickAsync("main form.panel button[type=submit]");
        await first.Page.WaitForURLAsync("**/console/proposals/*");
        await proposing.SeenAsync("proposed");
        var proposal = new Uri(first.Page.Url).AbsolutePath;
        await second.GoToAsync("identity", "/console/proposals");
        await deciding.SeenAsync("list");
        await second.GoToAsync("identity", proposal);
        await deciding.SeenAsync("proposal");
        await second.Page.FillAsync("#Note", "样例：同意");
        await second.Page.ClickAsync("button[value=approve]");
        await second.Page.LoadedAsync();
        Assert.Equal(0, await second.Page.Locator("button[value=approve]").CountAsync());
        await second.Page.ClickAsync($"main a[href='/console/imports/{id}']");
        await second.Page.WaitForSelectorAsync("#withdrawn");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await second.Page.InnerTextAsync("#run")).Contains("100%", StringComparison.Ordinal))
        {
            await Task.Delay(200, patience.Token);
            if (!script)
            {
                await second.Page.ReloadAsync();
            }
        }

        await deciding.SeenAsync("withdrawn");
        await second.GoToAsync("identity", "/console/imports");
        Assert.Contains(locale == "en" ? "Withdrawn" : "已撤销", await second.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        await deciding.SeenAsync("imports");
        first.AssertQuiet();
        second.AssertQuiet();
    }

    /// <summary>One person with evidence, as a city's system sends it.</summary>
    private async Task<Guid> HandOverAsync(Newcomer person)
    {
        var id = Guid.NewGuid();
        using var city = await browser.ServiceAsync(BrowserFixture.Sender, "identity.import");
        using var file = new StringContent(
            JsonSerializer.Serialize(new
            {
                externalId = $"sample-{id:N}",
                idNumber = person.IdNumber,
                name = person.Name,
                phone = person.Phone,
                evidence = ((string[])["population-match", "counter"]).Select(kind => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = "2026-01-05T09:00:00+08:00" }),
            }),
            Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        var answer = await city.PutAsync(new Uri($"{browser.Address("identity")}/api/imports/{id}?source={BrowserFixture.SenderSource}"), file).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(1, answer.GetProperty("created").GetInt32());
        return id;
    }
}
