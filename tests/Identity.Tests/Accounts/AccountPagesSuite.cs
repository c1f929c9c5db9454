using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What a person sees of their own account: notices, history, applications, sessions; and nobody else's.</summary>
public abstract class AccountPagesSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_new_device_is_noticed_and_the_notice_is_read_once_by_its_owner_alone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        Assert.Contains("没有通知", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await identity.WaitForWordsAsync(owner.Person.Phone, "在新设备上登录");
        var page = await owner.ReadAsync("/account/notices");
        Assert.Single(Regex.Matches(page, "在新设备上登录", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("1 条未读", page, StringComparison.Ordinal);
        Assert.Contains("（1 条未读）", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("signed in on a new device", await (await owner.Browser.GetAsync("/account/notices?lang=en")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var stranger = await Applicant.RegisteredAsync(identity);
        var id = Regex.Match(page, "name=\"id\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        await stranger.Browser.SubmitAsync("/account/notices", await stranger.ReadAsync("/account/password"), ("id", id));
        Assert.Contains("1 条未读", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await owner.Browser.SubmitAsync("/account/notices", page, ("id", id));
        Assert.Contains("0 条未读", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_new_devices_one_text_message_a_day_tells_of_them_and_each_has_its_notice()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        for (var i = 0; i < 3; i++)
        {
            using var browser = identity.NewBrowser();
            await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        }

        Assert.Equal(3, Regex.Count(await owner.ReadAsync("/account/notices"), "在新设备上登录", RegexOptions.None, TimeSpan.FromSeconds(1)));
        identity.Time.Advance(TimeSpan.FromHours(25));
        using var late = identity.NewBrowser();
        await late.SignInAsync(owner.Person.IdNumber, Applicant.Password);

        await Messages.UntilAsync(async () => await ToldAsync(owner) >= 2);

        // Whatever were still on its way would have come before this one.
        await late.SubmitAsync("/account/freeze", await late.ReadAsync("/account/freeze"));
        await identity.WaitForWordsAsync(owner.Person.Phone, "账号已冻结");
        Assert.Equal(2, await ToldAsync(owner));
    }

    private async Task<int> ToldAsync(Applicant owner) => (await identity.Sandbox.MessagesAsync(owner.Person.Phone)).Count(m => m.Text.Contains("在新设备上登录", StringComparison.Ordinal));

    [Fact]
    public async Task Whoever_chooses_whom_to_act_for_finds_the_way_to_the_account_and_to_registering_an_organisation()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var page = await owner.ReadAsync("/account/acting");
        var main = page[page.IndexOf("<main", StringComparison.Ordinal)..];
        foreach (var link in (string[])["/account", "/account/organisations/new", "/account/mandates"])
        {
            Assert.Contains($"href=\"{link}\"", main, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync(link)).StatusCode);
        }

        // The header leads to the account from pages that have no link of their own, and only whoever has one.
        var raising = await owner.ReadAsync("/account/step-up");
        Assert.Contains("href=\"/account\"", raising[..raising.IndexOf("<main", StringComparison.Ordinal)], StringComparison.Ordinal);
        using var visitor = identity.NewBrowser();
        Assert.DoesNotContain("href=\"/account\"", await visitor.ReadAsync("/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_and_history_are_paged_by_keys()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        for (var i = 0; i < 31; i++)
        {
            using var browser = identity.NewBrowser();
            await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        }

        foreach (var (url, mark, size, all) in new[] { ("/account/notices", "在新设备上登录", 20, 31), ("/account/history", "<span class=\"number\">", 30, 32) })
        {
            var first = await owner.ReadAsync(url);
            Assert.Equal(size, Regex.Count(first, mark, RegexOptions.None, TimeSpan.FromSeconds(1)));
            var next = Regex.Match(first, "href=\"(?<next>" + url + "\\?before=[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["next"].Value;
            Assert.Equal(all - size, Regex.Count(await owner.ReadAsync(next), mark, RegexOptions.None, TimeSpan.FromSeconds(1)));
            Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync(url + "?before=nonsense")).StatusCode);
        }
    }

    [Fact]
    public async Task History_tells_successes_and_failures_with_a_masked_address()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, "wrong");
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var page = await owner.ReadAsync("/account/history");
        Assert.Contains("密码错误", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "tag good", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("*</span>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("密码错误", await (await Applicant.RegisteredAsync(identity)).ReadAsync("/account/history"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_of_an_application_is_taken_back()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        await other.Browser.SubmitAsync("/account/applications", await other.ReadAsync("/account/password"), ("clientId", "public"));
        var kept = await party.RefreshAsync(tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, kept.Status);
        Assert.Contains("value=\"public\"", await owner.ReadAsync("/account/applications"), StringComparison.Ordinal);
        await owner.Browser.SubmitAsync("/account/applications", await owner.ReadAsync("/account/applications"), ("clientId", "public"));
        Assert.Contains("没有应用", await owner.ReadAsync("/account/applications"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(kept.RefreshToken)).Status);
    }

    [Fact]
    public async Task Own_data_are_exported_in_full_to_their_owner_who_has_just_signed_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var file = await owner.FillAsync("/account/export");
        Assert.Equal("application/json", file.Content.Headers.ContentType?.MediaType);
        Assert.Contains("no-store", file.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        var text = await file.Content.ReadAsStringAsync();
        var data = JsonDocument.Parse(text).RootElement;
        Assert.Equal(owner.Person.IdNumber, data.GetProperty("person").GetProperty("idNumber").GetString());
        Assert.Equal(["population-match", "phone-otp", "password"], data.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("kind").GetString()));
        Assert.Equal(1, data.GetProperty("signIns").GetArrayLength());
        Assert.DoesNotContain(other.Person.IdNumber, text, StringComparison.Ordinal);
        Assert.DoesNotContain("asswordHash", text, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        const string confirm = "/account/confirm?two=true&ReturnUrl=%2Faccount%2Fexport";
        Assert.Equal(confirm, (await owner.Browser.GetAsync("/account/export")).Headers.Location?.OriginalString);
        var form = await owner.ReadAsync("/account/sessions");
        Assert.Equal(confirm, (await owner.Browser.SubmitAsync("/account/export", form)).Headers.Location?.OriginalString);

        // The session goes on; it had shown two factors, so the password once more would not be enough, and its page does not ask for it.
        Assert.DoesNotContain("name=\"Password\"", await owner.ReadAsync(confirm), StringComparison.Ordinal);
        Assert.Equal("/account/export", (await owner.Browser.StrengthenAsync(identity, owner.Person.Phone, "/account/export")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await owner.FillAsync("/account/export")).StatusCode);
    }

    [Fact] // 49
    public async Task A_stolen_password_takes_no_data_away_and_nobody_does_it_unseen()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var browser = identity.NewBrowser();
        using var early = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await early.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        const string confirm = "/account/confirm?two=true&ReturnUrl=%2Faccount%2Fexport";
        Assert.Equal(confirm, (await browser.GetAsync("/account/export")).Headers.Location?.OriginalString);

        // Nor does a form sent past the page, or the password once more.
        Assert.Equal(confirm, (await browser.SubmitAsync("/account/export", await browser.ReadAsync("/account/sessions"))).Headers.Location?.OriginalString);
        const string once = "/account/confirm?ReturnUrl=%2Faccount%2Fexport";
        Assert.Equal("/account/export", (await browser.SubmitAsync(once, await browser.ReadAsync(once), ("Password", Applicant.Password))).Headers.Location?.OriginalString);
        Assert.Equal(confirm, (await browser.SubmitAsync("/account/export", await browser.ReadAsync("/account/sessions"))).Headers.Location?.OriginalString);
        var exported = $"\"AuditRecords\" WHERE \"Action\" = 'account.exported' AND \"SubjectId\" = '{(await identity.KeyOfAsync(owner.Person.IdNumber)).ToLowerInvariant()}'";
        Assert.Equal(0, await identity.RowsAsync(exported));
        Assert.DoesNotContain("全部数据已导出", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);

        Assert.Equal("/account/export", (await browser.StrengthenAsync(identity, owner.Person.Phone, "/account/export")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync("/account/export", await browser.ReadAsync("/account/export"))).StatusCode);
        Assert.Equal(1, await identity.RowsAsync(exported));
        await identity.WaitForWordsAsync(owner.Person.Phone, "全部数据已导出");
        Assert.Contains("All data of your account were downloaded", await owner.ReadAsync("/account/notices?lang=en"), StringComparison.Ordinal);

        // A session of before the app was paired has shown no more than it had.
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        Assert.Equal(confirm, (await early.GetAsync("/account/export")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Who_has_nothing_but_a_password_gets_the_own_data_by_it()
    {
        using var official = identity.NewBrowser();
        await official.SignInAsync("window");
        Assert.Equal(HttpStatusCode.OK, (await official.GetAsync("/account/export")).StatusCode);
    }

    [Fact]
    public async Task An_export_tells_of_freezes_and_not_of_those_that_are_for_a_court_to_tell()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        var window = await Assurance.Official.SignInAsync(identity, "window", "identity.counter");
        var seen = new { owner.Person.IdNumber, owner.Person.Name, hall = "样例市政务服务中心", hallLevel = "city", window = "1", documentChecked = true };
        Assert.Equal(HttpStatusCode.NoContent, (await window.PostAsync("/api/counter-unfreezings", seen)).Status);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await browser.StrengthenAsync(identity, owner.Person.Phone);
        var freeze = Assert.Single((await FreezesAsync()).EnumerateArray());
        Assert.Equal("own-wish", freeze.GetProperty("reason").GetString());
        Assert.True(freeze.GetProperty("from").GetDateTimeOffset() <= freeze.GetProperty("to").GetDateTimeOffset());

        await identity.ExecuteAsync($"UPDATE \"StandingFreezes\" SET \"Reason\" = 'court-order' WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        Assert.Equal(0, (await FreezesAsync()).GetArrayLength());

        async Task<JsonElement> FreezesAsync()
        {
            var file = await browser.SubmitAsync("/account/export", await browser.ReadAsync("/account/export"));
            return JsonDocument.Parse(await file.Content.ReadAsStringAsync()).RootElement.GetProperty("freezes");
        }
    }

    [Fact]
    public async Task An_export_holds_the_authorities_answers_and_which_office_saw_what()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var window = await Console.Officer.SignInAsync(identity, "window");
        var page = $"/console/accounts/{await window.FindAsync("IdNumber", owner.Person.IdNumber)}/unmask";
        await window.FillAsync(page, "", ("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例：窗口办理"));
        using var security = await Console.Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.OK, (await security.FillAsync(page, "", ("Field", "phone"), ("Reason", "legal-request"), ("Reference", "HF-2026-118"), ("Explanation", "样例：依法查询"))).StatusCode);
        var text = await (await owner.FillAsync("/account/export")).Content.ReadAsStringAsync();
        var data = JsonDocument.Parse(text).RootElement;

        // Signed by the authority, so that its owner can show it to others.
        var match = data.GetProperty("evidence").EnumerateArray().First(e => e.GetProperty("kind").GetString() == "population-match");
        Assert.Equal(3, match.GetProperty("answer").GetString()!.Split('.').Length);
        Assert.Equal(JsonValueKind.Null, data.GetProperty("evidence").EnumerateArray().First(e => e.GetProperty("kind").GetString() == "password").GetProperty("answer").ValueKind);

        // As the notice gave it: no name, and nothing of an inquiry that its owner was not told of.
        var seen = Assert.Single(data.GetProperty("dataViewed").EnumerateArray());
        Assert.Equal(("idNumber", "dispute", "样例市新闻出版局"), (seen.GetProperty("field").GetString(), seen.GetProperty("reason").GetString(), seen.GetProperty("department").GetString()));
        Assert.True(seen.GetProperty("at").GetDateTimeOffset() > DateTimeOffset.MinValue);
        Assert.DoesNotContain("legal-request", text, StringComparison.Ordinal);
        Assert.DoesNotContain("周样例", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_names_devices_and_mandates_and_not_the_other_person()
    {
        using var company = await Mandates.Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var id = await company.EmpowerAsync(agent);
        var received = await DataAsync(agent);
        var mandate = Assert.Single(received.GetProperty("mandatesReceived").EnumerateArray());
        Assert.Equal(company.Organisation.Name, mandate.GetProperty("organisation").GetProperty("name").GetString());
        Assert.Equal("Active", mandate.GetProperty("state").GetString());
        Assert.Equal(0, received.GetProperty("mandatesGiven").GetArrayLength());
        Assert.Equal(1, received.GetProperty("knownDevices").GetArrayLength());
        Assert.All((string[])["cityAccounts", "disputes", "presenceProofs"], name => Assert.Equal(0, received.GetProperty(name).GetArrayLength()));
        var given = await DataAsync(company.Representative);
        Assert.Equal(1, given.GetProperty("mandatesGiven").GetArrayLength());
        Assert.DoesNotContain(agent.Person.Name, given.GetProperty("mandatesGiven").ToString(), StringComparison.Ordinal);

        // The signed records are those that both sides can download from the mandate's page.
        var page = JsonDocument.Parse(await (await agent.Browser.GetAsync($"/account/mandates/{id}/records")).Content.ReadAsStringAsync()).RootElement;
        var records = Texts(page.GetProperty("records"));
        Assert.Equal(2, records.Count);
        Assert.Equal(records, Texts(mandate.GetProperty("records")));
        Assert.Equal(records, Texts(given.GetProperty("mandatesGiven")[0].GetProperty("records")));

        static List<string?> Texts(JsonElement list) => [.. list.EnumerateArray().Select(r => r.GetString())];

        static async Task<JsonElement> DataAsync(Applicant owner) => JsonDocument.Parse(await (await owner.FillAsync("/account/export")).Content.ReadAsStringAsync()).RootElement;
    }

    [Fact]
    public async Task Other_devices_are_signed_out_from_here_one_or_all()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var first = identity.NewBrowser();
        using var second = identity.NewBrowser();
        using var third = identity.NewBrowser();
        foreach (var browser in (Browser[])[first, second, third])
        {
            await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        }

        var page = await third.ReadAsync("/account/sessions");
        var newest = Regex.Match(page, "name=\"id\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        await owner.Browser.SubmitAsync("/account/sessions", page = await owner.ReadAsync("/account/sessions"), ("id", newest));
        Assert.Equal(HttpStatusCode.Found, (await third.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/account")).StatusCode);
        await owner.Browser.SubmitAsync("/account/sessions?handler=Others", page);
        Assert.Equal(HttpStatusCode.Found, (await first.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await second.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_stranger_who_knows_its_key_ends_no_session_and_is_answered_as_for_one_that_there_is_not()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var stranger = await Applicant.RegisteredAsync(identity);
        var id = Regex.Match(await owner.ReadAsync("/account/sessions"), "name=\"id\" value=\"(?<id>[0-9a-f-]{36})\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        var page = await stranger.ReadAsync("/account/sessions");
        var unknown = await SaidAsync(await stranger.Browser.SubmitAsync("/account/sessions", page, ("id", Guid.NewGuid().ToString())));
        Assert.Equal(unknown, await SaidAsync(await stranger.Browser.SubmitAsync("/account/sessions", page, ("id", id))));
        Assert.Contains(id, await owner.ReadAsync("/account/sessions"), StringComparison.Ordinal);
        Assert.DoesNotContain(id, await stranger.ReadAsync("/account/sessions"), StringComparison.Ordinal);

        // The key was the right one: its owner ends the session with it, from another device.
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        Assert.Equal(unknown, await SaidAsync(await elsewhere.SubmitAsync("/account/sessions", await elsewhere.ReadAsync("/account/sessions"), ("id", id))));
        Assert.Equal(HttpStatusCode.Found, (await owner.Browser.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact]
    public async Task Whoever_takes_access_back_takes_their_own_and_learns_of_no_one_elses()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var (party, second) = (new RelyingParty(identity), new RelyingParty(identity));
        var tokens = await party.RedeemAsync(RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        Assert.Equal(await SaidAsync(await TakeBackAsync("nobody")), await SaidAsync(await TakeBackAsync("public")));

        // Nor when both let the same application sign them in.
        var others = await second.RedeemAsync(RelyingParty.Code((await other.Browser.GetAsync(second.AuthorizeUrl())).Headers.Location!));
        await TakeBackAsync("public");
        Assert.Equal(HttpStatusCode.BadRequest, (await second.RefreshAsync(others.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await party.RefreshAsync(tokens.RefreshToken)).Status);
        Assert.Contains("value=\"public\"", await owner.ReadAsync("/account/applications"), StringComparison.Ordinal);

        async Task<HttpResponseMessage> TakeBackAsync(string client) =>
            await other.Browser.SubmitAsync("/account/applications", await other.ReadAsync("/account/password"), ("clientId", client));
    }

    /// <summary>What somebody who tries keys can tell answers apart by.</summary>
    private static async Task<string> SaidAsync(HttpResponseMessage answer) => $"{(int)answer.StatusCode} {answer.Headers.Location}\n{await answer.Content.ReadAsStringAsync()}";
}

[Collection(OnSqlite.Name)]
public sealed class AccountPagesOnSqlite(SqliteIdentity identity) : AccountPagesSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class AccountPagesOnPostgres(PostgresIdentity identity) : AccountPagesSuite(identity);
