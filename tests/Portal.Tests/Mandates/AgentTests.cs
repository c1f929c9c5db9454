using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Portal.Tests.Desk;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Mandates;

/// <summary>An agent at Desk, Payment, License and the portal: within his mandate served, beyond it told so, and gone everywhere when it ends.</summary>
public abstract class AgentTests(PlatformFixture platform)
{
    private const string Exceeded = "mandate_scope_exceeded";

    [Fact]
    public async Task Desk_takes_what_power_and_matter_allow_and_says_what_is_missing()
    {
        using var other = await Agent.EmpowerAsync(platform, "apply", "matters", "11349900MB000006XK3000199007000");
        await other.UploadAsync().AnswerAsync(HttpStatusCode.Created);
        var refused = await other.ApplyAsync().RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        Assert.Equal(Applicant.Matter, refused.GetProperty("matter").GetString());

        // Within the scope, but above the cap of every mandate: no step-up is offered that could not help.
        using var all = await Agent.EmpowerAsync(platform, "apply");
        refused = await all.ApplyAsync().RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        Assert.Equal("urn:yinxin:assurance:intermediate", refused.GetProperty("level").GetString());

        using var receiver = await Agent.EmpowerAsync(platform, "receive");
        refused = await receiver.ApplyAsync().RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        Assert.Equal("apply", refused.GetProperty("power").GetString());
        refused = await receiver.UploadAsync().RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        Assert.Equal("apply", refused.GetProperty("power").GetString());
    }

    [Fact]
    public async Task What_is_confirmed_above_the_cap_is_no_agents_to_submit_whatever_applying_asks_for()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply", "matters", Applicant.Matter);
        foreach (var confirm in (string[])["Intermediate", "Advanced"])
        {
            await using var levels = await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", confirm);
            var refused = await agent.ApplyAsync().RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
            Assert.Equal("urn:yinxin:assurance:intermediate", refused.GetProperty("level").GetString());
        }
    }

    [Fact]
    public async Task What_an_agent_types_and_uploads_for_a_company_is_neither_his_own_nor_of_another_mandate()
    {
        const string path = "/api/my/drafts/" + Applicant.Matter;
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        await agent.Http.PutAsJsonAsync(agent.At("desk", path), new { form = new { businessName = "公司的草稿" } }).AnswerAsync(HttpStatusCode.NoContent);
        var material = (await agent.UploadAsync().AnswerAsync(HttpStatusCode.Created)).GetProperty("materialId").GetGuid();

        using var other = await Agent.EmpowerAsync(platform, "apply", "matters", "11349900MB000006XK3000199007000");
        await other.Http.GetAsync(other.At("desk", path)).RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        await other.Http.DeleteAsync(other.At("desk", path)).RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        var draft = await agent.Http.GetAsync(agent.At("desk", path)).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("公司的草稿", draft.GetProperty("form").GetProperty("businessName").GetString());

        using var oneself = await agent.AsOneselfAsync();
        await oneself.Http.GetAsync(agent.At("desk", path)).RefusedAsync(HttpStatusCode.NotFound, "draft.none");
        await agent.ApplyAsync(oneself.Http, Applicant.Matter, material).RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.materials");
    }

    [Fact]
    public async Task Licences_are_for_who_may_receive_and_bills_for_who_may_pay()
    {
        using var receiver = await Agent.EmpowerAsync(platform, "receive");
        await receiver.Http.GetAsync(receiver.At("license", "/api/my/licenses")).AnswerAsync(HttpStatusCode.OK);
        await receiver.Browser.GetAsync(platform.Address("payment") + "/");
        Assert.Equal(HttpStatusCode.Forbidden, receiver.Browser.Status);
        Assert.Contains("超出您的授权范围", receiver.Browser.Text("main"), StringComparison.Ordinal);

        // The switch that the refusal advises is one click away, is called so, and leads back.
        await receiver.Browser.GetAsync(platform.Address("payment") + "/?lang=en");
        Assert.Equal("Switch whom you act for", receiver.Browser.Text("main a[href^='/switch-acting']"));
        await receiver.Browser.GetAsync(platform.Address("payment") + "/");
        Assert.Equal("切换办事身份", receiver.Browser.Text("main a[href^='/switch-acting']"));
        await receiver.Browser.FollowAsync("main a[href^='/switch-acting']");
        Assert.Equal("/account/acting", receiver.Browser.Address.AbsolutePath);
        await receiver.Browser.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Organisation"] = "" });
        Assert.Equal((HttpStatusCode.OK, platform.Address("payment") + "/"), (receiver.Browser.Status, receiver.Browser.Address.AbsoluteUri));
        Assert.NotNull(receiver.Browser.Page.QuerySelector("header a[href^='/switch-acting']"));

        using var payer = await Agent.EmpowerAsync(platform, "pay");
        var refused = await payer.Http.GetAsync(payer.At("license", "/api/my/licenses")).RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
        Assert.Equal("receive", refused.GetProperty("power").GetString());
        await payer.Browser.GetAsync(platform.Address("payment") + "/");
        Assert.Equal((HttpStatusCode.OK, platform.Address("payment") + "/"), (payer.Browser.Status, payer.Browser.Address.AbsoluteUri));

        // The portal shows the refusal of another app in the same words.
        await payer.Browser.GetAsync(platform.Address("web") + "/sign-in?returnUrl=%2Flicenses");
        Assert.Equal(HttpStatusCode.Forbidden, payer.Browser.Status);
        Assert.Contains("超出您的授权范围", payer.Browser.Text("main"), StringComparison.Ordinal);
    }

    /// <summary>
    /// Every app follows the feed: none waits until the token runs out, minutes later. How soon it is, at the most, is decided and shown by the follower they share (<c>EndingsFollowerTests</c>), and measured
    /// by <c>./yinxin bench endings</c>; the seconds below are patience with a busy machine.
    /// </summary>
    [Fact]
    public async Task When_the_mandate_ends_desk_license_and_payment_stop_serving_while_the_token_lives_on()
    {
        using var agent = await Agent.EmpowerAsync(platform, "pay");
        var payment = platform.Address("payment") + "/";
        await agent.Browser.GetAsync(payment);
        Assert.Equal(payment, agent.Browser.Address.AbsoluteUri);
        await agent.Http.GetAsync(agent.At("desk", "/api/my/cases")).AnswerAsync(HttpStatusCode.OK);

        await agent.RevokeAsync();
        await UntilAsync(async () => (await agent.Http.GetAsync(agent.At("desk", "/api/my/cases"))).StatusCode == HttpStatusCode.Unauthorized);
        await UntilAsync(async () => (await agent.Http.GetAsync(agent.At("license", "/api/my/licenses"))).StatusCode == HttpStatusCode.Unauthorized);
        await UntilAsync(async () =>
        {
            await agent.Browser.GetAsync(payment);
            return agent.Browser.Address.AbsolutePath == "/account/acting" || agent.Browser.Text("header").Contains(platform.Account("citizen02").Name, StringComparison.Ordinal);
        });

        static async Task UntilAsync(Func<Task<bool>> over)
        {
            var waiting = Stopwatch.StartNew();
            while (!await over())
            {
                Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(20));
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }
}

public sealed class SqliteAgentTests(SqlitePlatform platform) : AgentTests(platform), IClassFixture<SqlitePlatform>
{
    [Fact]
    public async Task A_matter_that_asks_for_no_more_than_the_cap_is_applied_for_in_the_companys_name()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply", "matters", Agent.Filing);
        await ApplyAsync(agent);
    }

    private async Task ApplyAsync(Agent agent)
    {
        var material = (await agent.UploadAsync().AnswerAsync(HttpStatusCode.Created)).GetProperty("materialId").GetGuid();
        var made = await agent.ApplyAsync(Agent.Filing, material).AnswerAsync(HttpStatusCode.Created);
        var number = made.GetProperty("caseNumber").GetString()!;
        var record = await agent.Http.GetAsync(agent.At("desk", "/api/my/cases/" + number)).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(platform.Account("company01").Organisation!.Name, record.GetProperty("applicant").GetString());

        // Another agent of the company, for other matters, does not see it in his list and is refused when he asks for it.
        using var other = await Agent.EmpowerAsync(platform, "apply", "matters", "11349900MB000006XK3000199007000");
        Assert.Equal(0, (await other.Http.GetAsync(other.At("desk", "/api/my/cases")).AnswerAsync(HttpStatusCode.OK)).GetProperty("total").GetInt32());
        await other.Http.GetAsync(other.At("desk", "/api/my/cases/" + number)).RefusedAsync(HttpStatusCode.Forbidden, "mandate_scope_exceeded");
        using var typed = await Agent.EmpowerAsync(platform, "receive");
        await typed.Http.PostAsync(typed.At("desk", $"/api/my/cases/{number}/withdrawal"), null).RefusedAsync(HttpStatusCode.Forbidden, "mandate_scope_exceeded");
        Assert.Equal(1, (await typed.Http.GetAsync(typed.At("desk", "/api/my/cases")).AnswerAsync(HttpStatusCode.OK)).GetProperty("total").GetInt32());
    }
}

public sealed class PostgresAgentTests(PostgresPlatform platform) : AgentTests(platform), IClassFixture<PostgresPlatform>;
