using System.Net;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Portal.Tests.Desk;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Mandates;

/// <summary>
/// An organisation's matters as they are shipped, through the portal on either database: an agent applies for what a mandate reaches and reads beforehand what goes beyond it; the
/// legal representative confirms in person. The same on screens stands in EndToEnd.
/// </summary>
public abstract class OrganisationMatterTests(PlatformFixture platform)
{
    private string Company => platform.Account("company01").Organisation!.Name;

    [Fact]
    public async Task An_agent_applies_for_what_his_mandate_reaches()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply", "matters", Agent.Filing);
        var browser = agent.Browser;
        await ShowAsync(browser, "/matters/" + Agent.Filing);
        Assert.Null(browser.Page.QuerySelector("#hindrance"));
        await browser.FollowAsync("#start");
        Assert.Null(browser.Page.QuerySelector("#level-notice"));
        Assert.Contains(Company, browser.Text("main"), StringComparison.Ordinal);
        await FillInAsync(browser, Agent.Filing, "declaration");
        Assert.Null(browser.Page.QuerySelector("#presence-notice"));
        await browser.SubmitAsync("#submit", new Dictionary<string, string> { ["Declaration"] = "true" });
        Assert.Equal("Submitted", browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
        Assert.Contains("经办人", browser.Text("#progress"), StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("#query-code"));

        // Another matter is none of this mandate's, at whatever address.
        await ShowAsync(browser, "/matters/" + Applicant.Matter);
        Told(browser, "Mandate");
        Assert.Null(browser.Page.QuerySelector("#start"));
        foreach (var step in (string[])["", "/materials", "/check"])
        {
            await browser.GetAsync($"{platform.Address("web")}/apply/{Applicant.Matter}{step}");
            Assert.Equal("/apply/" + Applicant.Matter, browser.Address.AbsolutePath);
            Told(browser, "Mandate");
            Assert.Null(browser.Page.QuerySelector("#apply"));
        }
    }

    [Fact]
    public async Task What_goes_beyond_a_mandate_is_said_before_anything_is_typed_and_who_may_do_it()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        var browser = agent.Browser;
        foreach (var matter in (string[])[Applicant.Matter, Agent.Chemicals])
        {
            await ShowAsync(browser, "/matters/" + matter);
            Told(browser, "Level");
            Assert.Null(browser.Page.QuerySelector("#start"));
            foreach (var step in (string[])["", "/materials", "/check"])
            {
                await browser.GetAsync($"{platform.Address("web")}/apply/{matter}{step}");
                Assert.Equal("/apply/" + matter, browser.Address.AbsolutePath);
                Told(browser, "Level");
                Assert.Null(browser.Page.QuerySelector("#apply"));
                Assert.Null(browser.Page.QuerySelector("#level-notice"));
            }
        }

        // For himself he may what is open to persons, and the rest is not his.
        await ShowAsync(browser, "/matters/" + Applicant.Matter);
        await browser.FollowAsync("#switch-acting");
        Assert.Equal("/account/acting", browser.Address.AbsolutePath);
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Organisation"] = "" });
        Assert.Equal("/matters/" + Applicant.Matter, browser.Address.AbsolutePath);
        Assert.Null(browser.Page.QuerySelector("#hindrance"));
        Assert.NotNull(browser.Page.QuerySelector("#start"));
        await browser.GetAsync($"{platform.Address("web")}/matters/{Agent.Filing}");
        Told(browser, "Applicant");
        Assert.Null(browser.Page.QuerySelector("#start"));
    }

    [Fact]
    public async Task A_form_that_was_opened_while_less_was_asked_for_leads_an_agent_to_the_reason_and_to_no_step_up()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        var browser = agent.Browser;
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Primary"))
        {
            await ShowAsync(browser, "/apply/" + Applicant.Matter);
            Assert.NotNull(browser.Page.QuerySelector("#apply"));
        }

        await browser.SubmitAsync("#apply", Applicant.Form().ToDictionary(f => "Form." + f.Key, f => f.Value));
        Assert.Equal("/apply/" + Applicant.Matter, browser.Address.AbsolutePath);
        Told(browser, "Level");
    }

    [Fact]
    public async Task A_form_that_was_opened_under_a_wider_mandate_leads_an_agent_to_the_reason_from_every_step()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply", "matters", Agent.Filing);
        var browser = agent.Browser;
        foreach (var step in (string[])["", "/materials", "/materials?handler=Continue", "/materials?handler=Remove", "/check"])
        {
            // What is sent names a matter that this mandate leaves out, as it does when another mandate was chosen since.
            await ShowAsync(browser, "/apply/" + Agent.Filing);
            browser.Page.QuerySelector("#apply")!.SetAttribute("action", $"/apply/{Applicant.Matter}{step}");
            await browser.SubmitAsync("#apply");
            Assert.Equal("/apply/" + Applicant.Matter, browser.Address.AbsolutePath);
            Told(browser, "Mandate");
        }
    }

    [Fact]
    public async Task The_representative_confirms_in_person_and_neither_an_agent_nor_a_stranger_hands_it_in()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        var above = await agent.ApplyAsync(Agent.Chemicals).RefusedAsync(HttpStatusCode.Forbidden, "mandate_scope_exceeded");
        Assert.Equal("urn:yinxin:assurance:intermediate", above.GetProperty("level").GetString());
        using var stranger = await agent.AsOneselfAsync();
        await agent.ApplyAsync(stranger.Http, Agent.Chemicals, material: null).RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.applicant");

        using var representative = await agent.RepresentativeAsync();
        var browser = agent.Representative;
        await ShowAsync(browser, "/matters/" + Agent.Chemicals);
        await browser.FollowAsync("#start");
        await FillInAsync(browser, Agent.Chemicals, "premises", "qualifications");
        Assert.NotNull(browser.Page.QuerySelector("#presence-notice"));
        await browser.SubmitAsync("#submit", new Dictionary<string, string> { ["Declaration"] = "true" });
        Assert.Equal("/presence", browser.Address.AbsolutePath);
        Assert.Contains(Company, browser.Text("#confirmed"), StringComparison.Ordinal);
        Assert.Contains("法定代表人", browser.Text("#confirmed"), StringComparison.Ordinal);

        // Somebody else before his camera.
        await ShowFaceAsync(browser, "other-person");
        Assert.NotNull(browser.Page.QuerySelector(".error-summary"));
        await browser.FollowAsync("main .actions a.button");
        await ShowFaceAsync(browser, "right");
        Assert.Equal($"/apply/{Agent.Chemicals}/check", browser.Address.AbsolutePath);
        Assert.NotNull(browser.Page.QuerySelector("#confirmed-notice"));
        await browser.SubmitAsync("#submit");
        Assert.Equal("Submitted", browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
        Assert.Contains(Company, browser.Text("main"), StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector("#query-code"));
    }

    private void Told(HttpBrowser browser, string hindrance)
    {
        Assert.Equal((HttpStatusCode.OK, hindrance), (browser.Status, browser.Page.QuerySelector("#hindrance")?.GetAttribute("data-hindrance")));
        Assert.Contains("法定代表人", browser.Text("#hindrance"), StringComparison.Ordinal);
        Assert.Contains(hindrance == "Applicant" ? platform.Account("citizen02").Name : Company, browser.Text("#hindrance"), StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector("#switch-acting"));
    }

    /// <summary>At the portal, where the browser is signed in at Identity already.</summary>
    private async Task ShowAsync(HttpBrowser browser, string path)
    {
        await browser.GetAsync($"{platform.Address("web")}/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        Assert.Equal((HttpStatusCode.OK, platform.Address("web") + path), (browser.Status, browser.Address.AbsoluteUri));
    }

    /// <summary>From the open form to the page where it is submitted.</summary>
    private static async Task FillInAsync(HttpBrowser browser, string matter, params string[] materials)
    {
        await browser.SubmitAsync("#apply", Agent.FormOf(matter).ToDictionary(f => "Form." + f.Key, f => f.Value));
        Assert.Equal($"/apply/{matter}/materials", browser.Address.AbsolutePath);
        foreach (var material in materials)
        {
            await browser.SubmitAsync("#upload", new Dictionary<string, string> { ["Key"] = material }, ("File", material + ".pdf", "%PDF-1.4\n% 样例\n%%EOF\n"u8.ToArray(), "application/pdf"));
        }

        await browser.SubmitAsync("#continue");
        Assert.Equal($"/apply/{matter}/check", browser.Address.AbsolutePath);
    }

    /// <summary>Consents, and is before the sandbox's camera what it says.</summary>
    private static async Task ShowFaceAsync(HttpBrowser browser, string seen)
    {
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Consent"] = "true" });
        await browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Seen"] = seen });
        await browser.FollowAsync("#return");
    }
}

public sealed class SqliteOrganisationMatterTests(SqlitePlatform platform) : OrganisationMatterTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresOrganisationMatterTests(PostgresPlatform platform) : OrganisationMatterTests(platform), IClassFixture<PostgresPlatform>;
