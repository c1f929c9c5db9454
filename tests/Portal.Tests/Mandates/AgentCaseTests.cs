using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.Portal.Tests.Desk;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Mandates;

/// <summary>A company's case and its agents, on either database: what they may read of it and take back, and that the record names them beside the company.</summary>
public abstract class AgentCaseTests(PlatformFixture platform)
{
    private const string Exceeded = "mandate_scope_exceeded";

    /// <summary>Of citizen02, who is the agent.</summary>
    private string Masked
    {
        get
        {
            var name = platform.Account("citizen02").Name;
            return name.EnumerateRunes().First().ToString() + new string('*', name.EnumerateRunes().Count() - 1);
        }
    }

    [Fact]
    public async Task What_was_handed_in_above_the_cap_no_agent_takes_back()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        using var representative = await agent.RepresentativeAsync();
        var number = Number(await agent.SubmitAsync(representative.Http));
        await RefusedAsync();

        // Not even where the sign-in needs little and the rest was confirmed in person.
        await using (await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Advanced"))
        {
            await RefusedAsync();
        }

        await ShowAsync(agent.Browser, $"/cases/{number}");
        Assert.Contains(Applicant.Form()["businessName"], agent.Browser.Text("main"), StringComparison.Ordinal);
        Assert.Null(agent.Browser.Page.QuerySelector("#withdraw"));
        Assert.Null(agent.Browser.Page.QuerySelector("#query-code"));

        var withdrawn = await representative.Http.PostAsync(Withdrawal(agent, number), null).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("Withdrawn", withdrawn.GetProperty("state").GetString());
        Assert.All(withdrawn.GetProperty("events").EnumerateArray(), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("agent").ValueKind));
        await RecordedAsync("desk", "case.withdrawn", number, mandate: null);

        async Task RefusedAsync()
        {
            var refused = await agent.Http.PostAsync(Withdrawal(agent, number), null).RefusedAsync(HttpStatusCode.Forbidden, Exceeded);
            Assert.Equal("urn:yinxin:assurance:intermediate", refused.GetProperty("level").GetString());
            Assert.Equal("Submitted", (await CaseAsync(representative.Http, number)).GetProperty("state").GetString());
        }
    }

    [Fact]
    public async Task An_agent_reads_what_his_powers_are_for_and_never_the_query_code()
    {
        using var clerk = await Agent.EmpowerAsync(platform, "apply");
        using var payer = await Agent.EmpowerAsync(platform, "pay");
        using var representative = await clerk.RepresentativeAsync();
        var submitted = await clerk.SubmitAsync(representative.Http);
        var number = Number(submitted);
        await AppDatabase.ChangeAsync(
            platform, "desk",
            $"""UPDATE "Cases" SET "State" = 'AwaitingPayment', "BillNumber" = 'B1', "PayUrl" = 'http://localhost/bills/B1', "LicenseIdentifier" = 'L1' WHERE "CaseNumber" = '{number}'""");
        await AppDatabase.ChangeAsync(platform, "desk", $"""UPDATE "Events" SET "Opinion" = '材料齐全' WHERE "CaseNumber" = '{number}'""");

        var own = await CaseAsync(representative.Http, number);
        Assert.Equal(submitted.GetProperty("queryCode").GetString(), own.GetProperty("queryCode").GetString());
        Assert.Equal(["form", "materials", "queryCode", "payUrl", "licenseIdentifier", "opinion"], Shown(own));
        Assert.Equal(["form", "materials", "opinion"], Shown(await CaseAsync(clerk.Http, number)));
        Assert.Equal(["payUrl"], Shown(await CaseAsync(payer.Http, number)));
        Assert.Empty(Shown(await ListedAsync(clerk.Http, number)));
        Assert.Equal(["payUrl"], Shown(await ListedAsync(payer.Http, number)));

        await ShowAsync(payer.Browser, $"/cases/{number}");
        Assert.NotNull(payer.Browser.Page.QuerySelector("#pay"));
        Assert.DoesNotContain(Applicant.Form()["businessName"], payer.Browser.Text("main"), StringComparison.Ordinal);
        Assert.Null(payer.Browser.Page.QuerySelector("#query-code"));
    }

    [Fact]
    public async Task What_an_agent_hands_in_and_takes_back_names_him_and_his_mandate_and_the_public_query_does_not()
    {
        using var agent = await Agent.EmpowerAsync(platform, "apply");
        using var representative = await agent.RepresentativeAsync();
        await using var levels = await MatterLevels.AskForAsync(platform, Applicant.Matter, "Primary", "Primary");
        var submitted = await agent.SubmitAsync(agent.Http);
        var number = Number(submitted);
        Assert.Equal(JsonValueKind.Null, submitted.GetProperty("queryCode").ValueKind);

        await ShowAsync(agent.Browser, $"/cases/{number}?submitted=1");
        Assert.NotNull(agent.Browser.Page.QuerySelector("#confirmation"));
        Assert.Null(agent.Browser.Page.QuerySelector("#query-code"));
        await agent.Browser.SubmitAsync("#withdraw", new Dictionary<string, string> { ["Confirmed"] = "true" });
        Assert.Equal("Withdrawn", agent.Browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
        Assert.Contains($"经办人 {Masked}", agent.Browser.Text("#progress"), StringComparison.Ordinal);

        var own = await CaseAsync(representative.Http, number);
        var company = platform.Account("company01").Organisation!.Name;
        Assert.Equal([$"Submit by {company}, agent {Masked}", $"Withdraw by {company}, agent {Masked}"], Steps(own));
        using var anybody = new HttpClient();
        var found = await anybody.GetAsync(agent.At("desk", $"/api/cases/{number}?code={own.GetProperty("queryCode").GetString()}")).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal([$"Submit by {company}, agent none", $"Withdraw by {company}, agent none"], Steps(found));

        await RecordedAsync("desk", "case.submitted", number, agent.Mandate);
        await RecordedAsync("desk", "case.withdrawn", number, agent.Mandate);
        using var official = new HttpBrowser();
        var account = platform.Account("window01");
        await official.GetAsync($"{platform.Address("desk")}/cases/{number}");
        await official.SubmitAsync("main form[method=post]", new Dictionary<string, string> { ["Name"] = account.SignInName, ["Password"] = account.Password });
        Assert.Contains($"{company}（经办人 {Masked}）", official.Text(".timeline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_licence_that_an_agent_fetches_is_recorded_under_his_mandate()
    {
        using var agent = await Agent.EmpowerAsync(platform, "receive");
        using var desk = await platform.ServiceAsync("desk", "license.issue");
        using var request = new HttpRequestMessage(HttpMethod.Post, agent.At("license", "/api/licenses"));
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).DateTime);
        request.Content = JsonContent.Create(new
        {
            type = "publication-business-licence",
            holder = new { name = "张样例", code = "34990119900101001X", codeTypeCode = "111", subject = "somebody", organisation = platform.Account("company01").Organisation!.Uscc },
            issuer = new { uscc = "11349900MB0000051U", name = "样例市新闻出版局" },
            faceData = new { businessName = "样例书店", principal = "张样例", address = "样例市样例路1号", scope = "图书、报刊零售", mode = "零售" },
            validFrom = today,
            validTo = today.AddYears(5),
            caseNumber = Guid.NewGuid().ToString("N"),
        });
        var identifier = (await desk.SendAsync(request).AnswerAsync(HttpStatusCode.Created)).GetProperty("identifier").GetString()!;
        using var file = await agent.Http.GetAsync(agent.At("license", $"/api/my/licenses/{identifier}/pdf"));
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        var details = await RecordedAsync("license", "license.downloaded", identifier, agent.Mandate);
        Assert.Equal("pdf", details.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_bill_that_an_agent_renews_and_begins_to_pay_is_recorded_under_his_mandate()
    {
        using var agent = await Agent.EmpowerAsync(platform, "pay");
        using var desk = await platform.ServiceAsync("desk", "payment.bill");
        using var request = new HttpRequestMessage(HttpMethod.Post, agent.At("payment", "/api/bills"));
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = JsonContent.Create(new
        {
            caseNumber = "case-" + Guid.NewGuid().ToString("N"),
            payer = new { sub = "somebody", name = "样例公司", organisation = platform.Account("company01").Organisation!.Uscc },
            collectingBody = new { uscc = "11349900MB0000051U", name = "样例市新闻出版局" },
            lines = new[] { new { feeItemCode = "0001", name = "工本费", quantity = 1, unit = "本", amountFen = 1000 } },
            returnUrl = platform.Address("web") + "/cases/1",
        });
        var bill = (await desk.SendAsync(request).AnswerAsync(HttpStatusCode.Created)).GetProperty("billNumber").GetString()!;
        await AppDatabase.ChangeAsync(platform, "payment", $"""UPDATE "Bills" SET "ValidUntil" = "IssuedAt" WHERE "BillNumber" = '{bill}'""");

        await agent.Browser.GetAsync(platform.Address("payment") + "/");
        await agent.Browser.GetAsync($"{platform.Address("payment")}/bills/{bill}");
        Assert.Equal("Expired", agent.Browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
        await agent.Browser.SubmitAsync("#renew");
        Assert.Equal("Issued", agent.Browser.Page.QuerySelector("#state")?.GetAttribute("data-state"));
        await RecordedAsync("payment", "bill.renewed", bill, agent.Mandate);
        agent.Browser.CatchRedirect = platform.Address("sandbox");
        await agent.Browser.SubmitAsync("#pay");
        await RecordedAsync("payment", "bill.paymentBegun", bill, agent.Mandate);
    }

    private static string Number(JsonElement submitted) => submitted.GetProperty("caseNumber").GetString()!;

    private static Uri Withdrawal(Agent agent, string number) => agent.At("desk", $"/api/my/cases/{number}/withdrawal");

    private Task<JsonElement> CaseAsync(HttpClient http, string number) => http.GetAsync(new Uri($"{platform.Address("desk")}/api/my/cases/{number}")).AnswerAsync(HttpStatusCode.OK);

    private async Task<JsonElement> ListedAsync(HttpClient http, string number)
    {
        var list = await http.GetAsync(new Uri(platform.Address("desk") + "/api/my/cases")).AnswerAsync(HttpStatusCode.OK);
        return list.GetProperty("items").EnumerateArray().Single(i => Number(i) == number);
    }

    /// <summary>Which of the parts that not everybody is shown are there.</summary>
    private static IEnumerable<string> Shown(JsonElement record)
    {
        string[] parts = ["form", "materials", "queryCode", "payUrl", "licenseIdentifier"];
        var opinions = record.GetProperty("events").EnumerateArray().Any(e => e.GetProperty("opinion").GetString() is { Length: > 0 });
        string[] further = opinions ? ["opinion"] : [];
        return parts.Where(p => record.GetProperty(p).ValueKind != JsonValueKind.Null).Concat(further);
    }

    private static IEnumerable<string> Steps(JsonElement record) => record.GetProperty("events").EnumerateArray()
        .Select(e => $"{e.GetProperty("act").GetString()} by {e.GetProperty("by").GetString()}, agent {e.GetProperty("agent").GetString() ?? "none"}");

    /// <summary>At the portal, where the browser is signed in at Identity already.</summary>
    private async Task ShowAsync(HttpBrowser browser, string path)
    {
        await browser.GetAsync($"{platform.Address("web")}/sign-in?returnUrl={Uri.EscapeDataString(path)}");
        Assert.Equal((HttpStatusCode.OK, platform.Address("web") + path), (browser.Status, browser.Address.AbsoluteUri));
    }

    /// <summary>The details of the one record of this act name the company and the mandate.</summary>
    private async Task<JsonElement> RecordedAsync(string app, string action, string subject, Guid? mandate)
    {
        var details = JsonElement.Parse(await AppDatabase.ReadAsync(
            platform, app, $"""SELECT "Details" FROM "AuditRecords" WHERE "Action" = '{action}' AND "SubjectId" = '{subject}'"""));
        Assert.Equal(platform.Account("company01").Organisation!.Uscc, details.GetProperty("organisation").GetString());
        var named = details.GetProperty("mandate");
        Guid? under = named.ValueKind == JsonValueKind.Null ? null : named.GetGuid();
        Assert.Equal(mandate, under);
        return details;
    }
}

public sealed class SqliteAgentCaseTests(SqlitePlatform platform) : AgentCaseTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresAgentCaseTests(PostgresPlatform platform) : AgentCaseTests(platform), IClassFixture<PostgresPlatform>;
