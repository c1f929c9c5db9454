using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Console;

/// <summary>The pages of officials at a counter: what is typed from the paper is compared with the account; hall and level are the post's.</summary>
public abstract class ConsoleCounterSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_newcomer_is_found_masked_and_raised_to_intermediate_by_the_posts_hall()
    {
        using var newcomer = await Applicant.RegisteredAsync(identity);
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        foreach (var text in (string[])[newcomer.Person.IdNumber, newcomer.Person.Phone])
        {
            var found = await Officer.TextAsync(await counter.FillAsync("/console/counter", "", ("Text", text)));
            Assert.Contains("id=\"found\"", found, StringComparison.Ordinal);
            Assert.Contains("初级", found, StringComparison.Ordinal);
            Assert.DoesNotContain(newcomer.Person.Name, found, StringComparison.Ordinal);
        }

        Assert.Contains("没有账号", await Officer.TextAsync(await counter.FillAsync("/console/counter", "", ("Text", (await identity.Sandbox.NextPersonAsync()).IdNumber))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await counter.FillAsync("/console/counter", "", ("Text", "3401"))).StatusCode);

        // Each fault keeps the form.
        foreach (var (field, value) in ((string, string)[])[("Name", "别人"), ("IdNumber", "340102199001011231"), ("Window", ""), ("DocumentChecked", "false")])
        {
            var refused = await ActAsync(counter, "verify", newcomer.Person, (field, value));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains($"value=\"{(field == "Name" ? newcomer.Person.IdNumber : newcomer.Person.Name)}\"", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        var done = await Officer.TextAsync(await ActAsync(counter, "verify", newcomer.Person));
        Assert.Contains("id=\"receipt\"", done, StringComparison.Ordinal);
        Assert.Contains("中级", done, StringComparison.Ordinal);
        Assert.DoesNotContain(newcomer.Person.IdNumber, done, StringComparison.Ordinal);
        Assert.Contains("id=\"level\">中级<", await newcomer.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(newcomer.Person.IdNumber)}' AND \"Kind\" = 'counter' AND \"Method\" = 'document-at-window:city' AND \"ReferenceAtSource\" = '样例政务服务大厅 · 3号窗口'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'person.counter' AND \"Result\" = 'identity.counter.nameDiffers' AND \"SubjectId\" = '{(await identity.KeyOfAsync(newcomer.Person.IdNumber)).ToLowerInvariant()}'"));
    }

    [Fact]
    public async Task At_the_counter_more_newcomers_are_looked_up_in_vain_but_not_without_end()
    {
        using var newcomer = await Applicant.RegisteredAsync(identity);
        using var window = await Officer.SignInAsync(identity, "window");
        List<HttpStatusCode> answers = [];
        for (var round = 0; round < 11; round++)
        {
            var tried = await Task.WhenAll(Enumerable.Range(round * 10, 10).Select(n => window.FillAsync("/console/counter", "", ("Text", $"3401021890010{n:00000}"))));
            answers.AddRange(tried.Select(t => t.StatusCode));
        }

        Assert.Equal(100, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(10, answers.Count(a => a == HttpStatusCode.TooManyRequests));
        var known = await window.FillAsync("/console/counter", "", ("Text", newcomer.Person.IdNumber));
        Assert.Equal(HttpStatusCode.TooManyRequests, known.StatusCode);
        var page = await Officer.TextAsync(known);
        Assert.Contains("未作查找", page, StringComparison.Ordinal);
        Assert.DoesNotContain("没有账号", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"found\"", page, StringComparison.Ordinal);
        Assert.Equal(11, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'account.searched' AND \"Result\" = 'console.search.limit'"));
    }

    [Fact]
    public async Task A_lost_phone_a_frozen_account_a_name_and_an_organisation()
    {
        using var company = await Company.NewAsync(identity, proven: false);
        var person = company.Representative.Person;
        using var counter = await Officer.SignInAsync(identity, "counter-two");
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(counter, "unfreeze", person)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ActAsync(counter, "name-change", person)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ActAsync(counter, "name-change", person, ("Name", "新名样例"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ActAsync(counter, "organisation", person, ("Uscc", "91340100MA2N0000X2"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await ActAsync(counter, "organisation", person, ("Uscc", (await identity.Sandbox.NextOrganisationAsync()).Uscc))).StatusCode);
        Assert.Contains("组织认证已完成", await Officer.TextAsync(await ActAsync(counter, "organisation", person, ("Uscc", company.Organisation.Uscc))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await counter.GetAsync("/console/counter/everything")).StatusCode);

        await company.Representative.FillAsync("/account/freeze");
        Assert.Contains("冻结已解除", await Officer.TextAsync(await ActAsync(counter, "unfreeze", person)), StringComparison.Ordinal);
        var ticket = Quarrel.Value(await Officer.TextAsync(await ActAsync(counter, "lost-phone", person)), "secret");
        using var forgetful = new Forgetful(identity, person);
        Assert.Equal("/recover/phone", (await forgetful.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Details\" LIKE '%{ticket}%'"));
    }

    [Fact]
    public async Task Without_the_role_or_a_post_nothing_is_done_and_the_system_administrator_gives_the_post()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        var form = Form(citizen.Person);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(citizen, "/console/counter/verify", form)).StatusCode);
        using var security = await Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync("/console/counter/verify", form)).StatusCode);

        // An official without a post; afterwards with one.
        using var counter = await Officer.SignInAsync(identity, "counter-namesake");
        using var system = await Officer.SignInAsync(identity, "system");
        var staff = $"/console/staff/{(await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'counter-namesake'")).ToLowerInvariant()}";
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(staff, "Post", ("Hall", ""), ("HallLevel", ""))).StatusCode);
        Assert.Contains("没有窗口岗位", await counter.ReadAsync("/console/counter/verify"), StringComparison.Ordinal);
        foreach (var act in (string[])["verify", "name-change", "lost-phone"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync("/console/counter/" + act, form)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync(staff + "?handler=Post", ("Hall", "样例县政务服务中心"), ("HallLevel", "county"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await system.FillAsync(staff, "Post", ("Hall", "样例县政务服务中心"), ("HallLevel", "village"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(staff, "Post", ("Hall", "样例县政务服务中心"), ("HallLevel", "county"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(counter, "verify", citizen.Person)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(citizen.Person.IdNumber)}' AND \"Method\" = 'document-at-window:county'"));

        // The API takes the post's level and refuses another.
        var official = await Assurance.Official.SignInAsync(identity, "counter-one", "identity.counter");
        object Request(string level) => new { citizen.Person.IdNumber, citizen.Person.Name, hall = "样例政务服务大厅", window = "3", documentChecked = true, hallLevel = level };
        Assert.Equal("identity.counter.hallLevelDiffers", (await official.PostAsync("/api/counter-verifications", Request("province")))["code"]);
        Assert.Equal(HttpStatusCode.Created, (await official.PostAsync("/api/counter-verifications", Request("city"))).Status);
    }

    [Fact]
    public async Task A_name_changed_at_the_page_and_a_ticket_given_by_the_API_say_the_level_of_the_posts_hall()
    {
        const string name = "改样例";
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var official = await Assurance.Official.SignInAsync(identity, "counter-one", "identity.counter");
        object Request(string? called, string? level) => new { owner.Person.IdNumber, name = called, hall = "样例政务服务大厅", window = "3", documentChecked = true, hallLevel = level };
        foreach (var act in (string[])["/api/counter-name-changes", "/api/counter-recoveries", "/api/counter-unfreezings"])
        {
            Assert.Equal("identity.counter.hallLevelDiffers", (await official.PostAsync(act, Request(owner.Person.Name, "province")))["code"]);
            Assert.Equal("identity.counter.incomplete", (await official.PostAsync(act, Request(owner.Person.Name, "village")))["code"]);
        }

        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = owner.Person.IdNumber, name, push = false })).EnsureSuccessStatusCode();
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        Assert.Contains("姓名已更改", await Officer.TextAsync(await ActAsync(counter, "name-change", owner.Person, ("Name", name))), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'counter' AND \"Method\" = 'document-at-window:city'"));
        Assert.Equal(HttpStatusCode.Created, (await official.PostAsync("/api/counter-recoveries", Request(name, null))).Status);
        Assert.Equal(1, await identity.RowsAsync($"\"RecoveryRequests\" WHERE \"AccountId\" = '{key}' AND \"SeenMethod\" = 'document-at-window:city'"));
    }

    [Fact] // 49
    public async Task What_was_typed_is_there_again_after_the_session_lay_unused_and_the_person_is_raised()
    {
        using var newcomer = await Applicant.RegisteredAsync(identity);
        using var browser = await IdleAsync(newcomer.Person, "/console/counter/verify");
        await browser.SignInAsync("counter-one", returnUrl: "/console/counter/verify");
        var again = await browser.ReadAsync("/console/counter/verify");
        foreach (var typed in (string[])[newcomer.Person.IdNumber, newcomer.Person.Name, "3号窗口"])
        {
            Assert.Contains($"value=\"{typed}\"", again, StringComparison.Ordinal);
        }

        // What the official declares is declared anew.
        Assert.Contains("id=\"kept\"", again, StringComparison.Ordinal);
        Assert.DoesNotContain("checked=\"checked\"", again, StringComparison.Ordinal);
        Assert.Contains("id=\"receipt\"", await Officer.TextAsync(await browser.SubmitAsync("/console/counter/verify", again, Form(newcomer.Person))), StringComparison.Ordinal);
        Assert.DoesNotContain(newcomer.Person.IdNumber, await browser.ReadAsync("/console/counter/verify"), StringComparison.Ordinal);
    }

    [Fact] // 49
    public async Task Another_official_at_the_same_screen_sees_nothing_of_it_and_it_is_gone()
    {
        var person = await identity.Sandbox.NextPersonAsync();
        using var browser = await IdleAsync(person, "/console/counter/verify");
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.DoesNotContain(person.IdNumber, cookie.Value, StringComparison.Ordinal));
        foreach (var official in (string[])["counter-two", "counter-one"])
        {
            await browser.SignInAsync(official, returnUrl: "/console/counter/verify");
            var page = await browser.ReadAsync("/console/counter/verify");
            Assert.DoesNotContain(person.IdNumber, page, StringComparison.Ordinal);
            Assert.DoesNotContain("id=\"kept\"", page, StringComparison.Ordinal);
        }
    }

    [Fact] // 49
    public async Task A_proof_that_became_too_old_and_a_long_finding_lose_nothing_either()
    {
        var person = await identity.Sandbox.NextPersonAsync();
        using var browser = identity.NewBrowser();
        await browser.SignInAsync("counter-one", returnUrl: "/console");
        var page = await browser.ReadAsync("/console/counter/lost-phone");
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        var confirm = (await browser.SubmitAsync("/console/counter/lost-phone", page, Form(person))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/confirm?", confirm, StringComparison.Ordinal);
        Assert.Equal("/console/counter/lost-phone", (await browser.SubmitAsync(confirm, await browser.ReadAsync(confirm), ("Password", "password-counter-one"))).Headers.Location?.OriginalString);
        Assert.Contains($"value=\"{person.IdNumber}\"", await browser.ReadAsync("/console/counter/lost-phone"), StringComparison.Ordinal);

        var finding = new string('核', 500);
        using var other = await IdleAsync(person, "/console/disputes/new", ("Finding", finding), ("Kind", "Duplicate"));
        await other.SignInAsync("counter-one", returnUrl: "/console/disputes/new");
        var dispute = await other.ReadAsync("/console/disputes/new");
        Assert.Contains(finding, dispute, StringComparison.Ordinal);
        Assert.Contains("<option selected=\"selected\" value=\"Duplicate\">", dispute, StringComparison.Ordinal);
        Assert.DoesNotContain("checked=\"checked\"", dispute, StringComparison.Ordinal);
    }

    [Fact] // 49
    public async Task What_is_too_long_for_a_cookie_is_not_kept_and_the_page_says_so()
    {
        var person = await identity.Sandbox.NextPersonAsync();
        foreach (var length in (int[])[1600, 4000])
        {
            var finding = new string('核', length);
            using var browser = await IdleAsync(person, "/console/disputes/new", ("Finding", finding));
            Assert.True(browser.Cookies.GetAllCookies().Sum(cookie => cookie.Value.Length) < 6 * 1024);
            await browser.SignInAsync("counter-one", returnUrl: "/console/disputes/new");
            var page = await browser.ReadAsync("/console/disputes/new");
            Assert.Contains("id=\"not-kept\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("id=\"kept\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("核核核核核", page, StringComparison.Ordinal);
            Assert.DoesNotContain("id=\"not-kept\"", await browser.ReadAsync("/console/disputes/new"), StringComparison.Ordinal);
        }
    }

    [Fact] // 49
    public async Task A_kept_form_leaves_the_browser_when_nobody_comes_back_for_it()
    {
        var person = await identity.Sandbox.NextPersonAsync();
        using var browser = await IdleAsync(person, "/console/counter/verify");
        var kept = browser.Cookies.GetAllCookies().Where(cookie => cookie.Name.Contains("yinxin.identity.form", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(kept);
        Assert.All(kept, cookie => Assert.InRange(cookie.Expires.ToUniversalTime(), DateTime.UtcNow.AddMinutes(25), DateTime.UtcNow.AddMinutes(31)));
    }

    [Fact]
    public async Task A_name_is_not_changed_when_a_dispute_was_opened_while_the_population_register_was_asked()
    {
        const string name = "改样例";
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", idNumber = quarrel.Person.IdNumber, name, push = false })).EnsureSuccessStatusCode();
        HttpStatusCode? opened = null;
        await using var population = await SlowPopulation.StartAsync(identity, async () => opened = (await first.FillAsync("/console/disputes/new", "", quarrel.Form(("Name", name)))).StatusCode);
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer), population.Setting);
        using var there = new Browser($"http://localhost:{identity.BasePort + 5}");
        await there.SignInAsync("counter-two", returnUrl: "/console");
        const string page = "/console/counter/name-change";
        var refused = await there.SubmitAsync(page, await there.ReadAsync(page), Form(quarrel.Person, ("Name", name)));
        Assert.Equal(HttpStatusCode.OK, opened);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("有未决定的身份争议", await Officer.TextAsync(refused), StringComparison.Ordinal);
        var key = await identity.KeyOfAsync(quarrel.Person.IdNumber);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'counter'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'person.nameChanged' AND \"Result\" = 'identity.counter.disputed' AND \"SubjectId\" = '{key.ToLowerInvariant()}'"));
        Assert.Equal(0, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'person.nameChanged' AND \"Result\" = 'ok' AND \"SubjectId\" = '{key.ToLowerInvariant()}'"));
    }

    [Fact] // 36
    public async Task A_credit_code_that_is_none_is_refused_before_it_is_looked_for()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        var official = await Assurance.Official.SignInAsync(identity, "counter-one", "identity.counter");
        foreach (var uscc in (string?[])["9134\0100MA2N0000X", "91340100MA2N0000X2", "样例", "", null])
        {
            var seen = new { citizen.Person.IdNumber, citizen.Person.Name, uscc, hall = "样例政务服务大厅", window = "3", documentChecked = true };
            var refused = await official.PostAsync("/api/counter-verifications/organisations", seen);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
            Assert.Equal("identity.counter.uscc", refused["code"]);
        }
    }

    [Fact]
    public async Task Where_a_check_took_place_names_nobody()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        var official = await Assurance.Official.SignInAsync(identity, "counter-one", "identity.counter");
        foreach (var window in (string[])[$"3号窗口 {citizen.Person.Phone}", citizen.Person.IdNumber])
        {
            var refused = await ActAsync(counter, "verify", citizen.Person, ("Window", window));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("请去掉身份证号、手机号", await Officer.TextAsync(refused), StringComparison.Ordinal);
            var seen = new { citizen.Person.IdNumber, citizen.Person.Name, hall = "样例政务服务大厅", window, documentChecked = true };
            Assert.Equal("identity.text.personal", (await official.PostAsync("/api/counter-verifications", seen))["code"]);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(citizen.Person.IdNumber)}' AND \"Kind\" = 'counter'"));
    }

    /// <summary>An official who opens a form, talks for a quarter of an hour, and sends it then: to the sign-in.</summary>
    private async Task<Browser> IdleAsync(SyntheticPerson person, string url, params (string Name, string Value)[] more)
    {
        var browser = identity.NewBrowser();
        await browser.SignInAsync("counter-one", returnUrl: "/console");
        var page = await browser.ReadAsync(url);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        var sent = await browser.SubmitAsync(url, page, Form(person, more));
        Assert.Equal("/sign-in", sent.Headers.Location!.AbsolutePath);
        return browser;
    }

    private static (string Name, string Value)[] Form(SyntheticPerson person, params (string Name, string Value)[] changes)
    {
        Dictionary<string, string> form = new(StringComparer.Ordinal) { ["IdNumber"] = person.IdNumber, ["Name"] = person.Name, ["Window"] = "3号窗口", ["DocumentChecked"] = "true" };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return [.. form.Select(f => (f.Key, f.Value))];
    }

    private static Task<HttpResponseMessage> ActAsync(Officer officer, string act, SyntheticPerson person, params (string Name, string Value)[] changes) =>
        officer.FillAsync("/console/counter/" + act, "", Form(person, changes));
}

[Collection(OnSqlite.Name)]
public sealed class ConsoleCounterOnSqlite(SqliteIdentity identity) : ConsoleCounterSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ConsoleCounterOnPostgres(PostgresIdentity identity) : ConsoleCounterSuite(identity);
