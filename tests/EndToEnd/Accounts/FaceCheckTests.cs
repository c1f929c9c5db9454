using Microsoft.Playwright;
using Xunit;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Identity.Faces;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>The platform's own face check as people meet it: by the camera of the page where script runs, by the phone's picture chooser where it does not. What the models say of faces is tried in Identity.Tests.</summary>
public sealed class FaceCheckTests(CameraFixture browser) : IClassFixture<CameraFixture>
{
    /// <summary>What the page asks for, in either language.</summary>
    private static readonly Dictionary<string, string> Actions = new(StringComparer.Ordinal)
    {
        ["闭上双眼"] = FaceActions.Blink,
        ["Close both eyes"] = FaceActions.Blink,
        ["低头"] = FaceActions.Nod,
        ["Bow your head"] = FaceActions.Nod,
        ["头转向您的左侧"] = FaceActions.TurnLeft,
        ["Turn your head to your left"] = FaceActions.TurnLeft,
        ["头转向您的右侧"] = FaceActions.TurnRight,
        ["Turn your head to your right"] = FaceActions.TurnRight,
        ["张开嘴"] = FaceActions.OpenMouth,
        ["Open your mouth"] = FaceActions.OpenMouth,
    };

    [Theory]
    [InlineData("zh-CN", true)]
    [InlineData("en", false)]
    public async Task The_camera_takes_a_picture_for_each_step_and_nothing_is_said_without_a_face(string locale, bool phone)
    {
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var (page, name) = (visitor.Page, $"face-check-{locale}-{(phone ? "phone" : "desktop")}");
        await BeginAsync(visitor, name, script: true);
        var take = page.Locator("[data-take]");
        await take.WaitForAsync();
        await visitor.SeenAsync(name + "-camera", script: true);
        var steps = await page.Locator("input[type=file]").CountAsync();
        Assert.InRange(steps, 4, 7);
        for (var step = 0; step < steps; step++)
        {
            Assert.StartsWith(FormattableString.Invariant($"{step + 1} / {steps}"), await page.InnerTextAsync("[data-next]"), StringComparison.Ordinal);

            // Pressed twice in one moment, it takes one step.
            await take.EvaluateAsync("button => { button.click(); button.click(); }");
            await Assertions.Expect(page.Locator($"input[type=file] >> nth={step}")).Not.ToHaveValueAsync("");
        }

        await Assertions.Expect(take).ToBeDisabledAsync();
        await visitor.SeenAsync(name + "-taken", script: true);
        await page.ClickAsync("form[data-face-check] button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        Assert.Contains(locale == "en" ? "No face was found" : "没有找到人脸", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await visitor.SeenAsync(name + "-refused", script: true);

        // It is open still, and may be left.
        Assert.True(await page.IsVisibleAsync("form[data-face-check]"));
        await page.ClickAsync("main a[href*='/return']");
        Assert.Contains("/account/raise/real-person", page.Url, StringComparison.Ordinal);
        Assert.Empty(visitor.ForeignRequests);
        Assert.Empty(visitor.ConsoleErrors);
    }

    /// <summary>The widths that the story above leaves to each language. The pictures are put where the camera would put them: Chromium's shows no face.</summary>
    [Theory]
    [InlineData("zh-CN", false)]
    [InlineData("en", true)]
    public async Task Whoever_is_on_file_and_does_what_is_asked_is_raised(string locale, bool phone)
    {
        var actor = await browser.ActorAsync();
        var person = await Newcomer.ChooseAsync(browser.Description.Sandbox);
        await person.PutOnFileAsync(browser.Description.Sandbox, actor.Photo());
        await using var visitor = await browser.VisitorAsync(phone ? BrowserFixture.Phone : BrowserFixture.Desktop, locale);
        var (page, name) = (visitor.Page, $"face-check-accepted-{locale}-{(phone ? "phone" : "desktop")}");
        await BeginAsync(visitor, name, script: true, person);
        await page.Locator("[data-take]").WaitForAsync();
        await visitor.SeenAsync(name + "-camera", script: true);
        var steps = page.Locator("input[type=file]");
        var count = await steps.CountAsync();
        for (var step = 0; step < count; step++)
        {
            // The first is the face at rest.
            var words = await steps.Nth(step).GetAttributeAsync("data-step") ?? "";
            var picture = step == 0 ? actor.Rest() : actor.Do(Actions[words]);
            await steps.Nth(step).SetInputFilesAsync(new FilePayload { Name = FormattableString.Invariant($"{step}.jpg"), MimeType = "image/jpeg", Buffer = picture });
        }

        await page.ClickAsync("form[data-face-check] button[type=submit]");
        await page.WaitForURLAsync(browser.Address("identity") + "/account");
        Assert.Contains(locale == "en" ? "Intermediate" : "中级", await page.InnerTextAsync("#level"), StringComparison.Ordinal);
        await visitor.SeenAsync(name + "-raised", script: true);
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Without_script_pictures_are_chosen_as_files()
    {
        await using var visitor = await browser.VisitorAsync(BrowserFixture.Phone, "zh-CN", script: false);
        var page = visitor.Page;
        await BeginAsync(visitor, "face-check-no-script", script: false);
        Assert.False(await page.IsVisibleAsync("[data-take]"));
        await visitor.SeenAsync("face-check-no-script-files", script: false);
        await page.ClickAsync("form[data-face-check] button[type=submit]");
        await page.WaitForSelectorAsync(".error-summary");
        await page.LoadedAsync();
        var steps = await page.Locator("input[type=file]").CountAsync();
        for (var step = 0; step < steps; step++)
        {
            await page.SetInputFilesAsync($"input[type=file] >> nth={step}", new FilePayload { Name = $"{step}.jpg", MimeType = "image/jpeg", Buffer = [(byte)step, 1, 2, 3] });
        }

        await page.ClickAsync("form[data-face-check] button[type=submit]");
        Assert.Contains("文件不是可用的", await page.InnerTextAsync(".error-summary"), StringComparison.Ordinal);
        await visitor.SeenAsync("face-check-no-script-refused", script: false);
    }

    private async Task BeginAsync(Visitor visitor, string name, bool script, Newcomer? person = null)
    {
        await visitor.RegisterAsync(browser, person ?? await Newcomer.ChooseAsync(browser.Description.Sandbox));
        await visitor.GoToAsync("identity", "/account/raise/real-person");
        await visitor.SeenAsync(name + "-consent", script);
        await visitor.Page.CheckAsync("#Consent");
        await visitor.Page.SubmitAsync();
        Assert.Contains("/face-check/", visitor.Page.Url, StringComparison.Ordinal);
    }
}
