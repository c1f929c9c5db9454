using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Who may use the console, by the roles held at this moment; nobody holds two of the three administrators' roles. Attack list 63.</summary>
public abstract class ConsoleAccessSuite(IdentityFixture identity)
{
    private static readonly string[] Pages =
        ["/console/accounts", "/console/organisations", "/console/proposals", "/console/policies", "/console/policies/new", "/console/staff", "/console/staff/new", "/console/imports", "/console/keys", "/console/audit", "/console/audit/verifications"];

    /// <summary>Official → the pages that are theirs.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["window"] = ["/console/accounts", "/console/organisations", "/console/proposals"],
        ["system"] = ["/console/staff", "/console/staff/new", "/console/imports", "/console/keys"],
        ["security"] = ["/console/accounts", "/console/organisations", "/console/proposals", "/console/policies", "/console/policies/new", "/console/staff", "/console/imports", "/console/keys"],
        ["audit-administrator"] = ["/console/proposals", "/console/policies", "/console/staff", "/console/imports", "/console/keys", "/console/audit", "/console/audit/verifications"],
        ["auditor"] = ["/console/accounts", "/console/organisations", "/console/proposals", "/console/policies", "/console/staff", "/console/imports", "/console/keys", "/console/audit", "/console/audit/verifications"],
    };

    [Fact]
    public async Task Each_role_sees_its_own_pages_and_their_links_and_is_refused_the_others()
    {
        foreach (var (name, allowed) in Allowed)
        {
            using var officer = await Officer.SignInAsync(identity, name);
            var home = await officer.ReadAsync("/console");
            foreach (var page in Pages)
            {
                var response = await officer.GetAsync(page);
                var may = allowed.Contains(page, StringComparer.Ordinal);
                Assert.True(response.StatusCode == (may ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{name} {page}: {response.StatusCode}");
                Assert.True(may || (await Officer.TextAsync(response)).Contains("您的岗位没有此项权限", StringComparison.Ordinal));
                Assert.True(page.Count('/') > 2 || home.Contains($"href=\"{page}\"", StringComparison.Ordinal) == may, $"{name}: link to {page}");
            }

            Assert.Equal(HttpStatusCode.OK, (await officer.GetAsync("/console/statistics")).StatusCode);
        }

        Assert.True(await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'console.denied' AND \"Result\" = 'identity.official.role' AND \"ActorId\" IS NOT NULL AND \"Address\" IS NOT NULL") > 5);
    }

    [Fact]
    public async Task The_account_page_leads_whoever_may_enter_to_the_console_and_nobody_else()
    {
        foreach (var name in Allowed.Keys)
        {
            using var officer = await Officer.SignInAsync(identity, name);
            Assert.Contains("href=\"/console\"", await officer.ReadAsync("/account"), StringComparison.Ordinal);
        }

        foreach (var name in (string[])["citizen", "clerk"])
        {
            using var other = await Officer.SignInAsync(identity, name);
            Assert.DoesNotContain("href=\"/console\"", await other.ReadAsync("/account"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Visitors_sign_in_first_and_a_person_or_a_clerk_is_refused()
    {
        using var visitor = identity.NewBrowser();
        Assert.StartsWith("/sign-in", new Uri(new Uri(identity.Issuer), (await visitor.GetAsync("/console/accounts")).Headers.Location!).AbsolutePath, StringComparison.Ordinal);
        foreach (var name in (string[])["citizen", "clerk"])
        {
            using var other = await Officer.SignInAsync(identity, name);
            foreach (var page in Pages.Append("/console").Append("/console/statistics").Append("/console/statistics.csv?table=days").Append("/console/audit/export?format=ndjson").Append($"/console/imports/{Guid.NewGuid()}/rejections.csv"))
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(page)).StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_form_forged_by_another_role_changes_nothing()
    {
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        using var system = await Officer.SignInAsync(identity, "system");
        using var window = await Officer.SignInAsync(identity, "window");
        var citizen = await auditor.FindAsync("UserName", "citizen");
        var clerk = await KeyAsync("clerk");
        const string denials = "\"AuditRecords\" WHERE \"Action\" = 'console.denied'";
        var noted = await identity.RowsAsync(denials);
        Task<HttpResponseMessage>[] forged =
        [
            auditor.ForgeAsync($"/console/accounts/{citizen}/unmask", ("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例说明")),
            auditor.ForgeAsync($"/console/accounts/{citizen}/freeze", ("Reason", "stolen"), ("Explanation", "样例说明")),
            auditor.ForgeAsync("/console/policies/new", ("Document", "{}"), ("Note", "样例")),
            auditor.ForgeAsync("/console/policies/1?handler=DryRun"),
            auditor.ForgeAsync("/console/policies/1?handler=Activate"),
            auditor.ForgeAsync($"/console/staff/{clerk}?handler=Roles", ("Roles", "auditor"), ("Explanation", "样例说明")),
            system.ForgeAsync($"/console/staff/{clerk}?handler=Roles", ("Roles", "case-handler"), ("Explanation", "样例说明")),
            system.ForgeAsync($"/console/accounts/{citizen}/unmask", ("Field", "idNumber"), ("Reason", "dispute"), ("Explanation", "样例说明")),
            system.ForgeAsync("/console/audit/verifications", ("From", "1"), ("To", "1")),
            window.ForgeAsync($"/console/accounts/{citizen}/freeze", ("Reason", "stolen"), ("Explanation", "样例说明"), ("Emergency", "true")),
            window.ForgeAsync($"/console/staff/{clerk}?handler=Close", ("Explanation", "样例说明")),
        ];
        foreach (var answer in await Task.WhenAll(forged))
        {
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode}");
        }

        // Each stands in the audit, whether the page or only the form is beyond the role; files as well.
        Assert.Equal(noted + forged.Length, await identity.RowsAsync(denials));
        Assert.Equal(HttpStatusCode.Forbidden, (await system.GetAsync("/console/audit/export?format=ndjson")).StatusCode);
        using var clerkAtWork = await Officer.SignInAsync(identity, "clerk");
        Assert.Equal(HttpStatusCode.Forbidden, (await clerkAtWork.GetAsync("/console/statistics.csv?table=days")).StatusCode);
        Assert.Equal(1, await identity.RowsAsync(denials + $" AND \"ActorId\" = '{await KeyAsync("system")}' AND \"Details\" LIKE '%/console/audit/export%'"));
        Assert.True(await identity.RowsAsync(denials + $" AND \"ActorId\" = '{clerk}' AND \"Details\" LIKE '%/console/statistics.csv%'") >= 1);

        Assert.Equal(0, await identity.RowsAsync($"\"Unmaskings\" WHERE \"AccountId\" = {Quoted(citizen)}"));
        Assert.Equal(0, await identity.RowsAsync($"\"Proposals\" WHERE \"SubjectId\" IN ({Quoted(citizen)}, {Quoted(clerk)})"));
        Assert.Equal(1, await identity.CountAsync("AssurancePolicyVersions"));
    }

    [Fact]
    public async Task An_official_is_opened_by_one_administrator_and_given_roles_by_two_others()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var name = "staff-" + Guid.NewGuid().ToString("N")[..8];
        (string, string)[] fields = [("UserName", name), ("Name", "新样例"), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", "样例市数据资源管理局")];
        var opened = await Officer.TextAsync(await system.FillAsync("/console/staff/new", "", fields));
        var password = System.Text.RegularExpressions.Regex.Match(opened, "initial-password\">(?<p>[^<]{16})<", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["p"].Value;
        Assert.Equal(16, password.Length);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await system.FillAsync("/console/staff/new", "", fields)).StatusCode);
        var page = $"/console/staff/{await KeyAsync(name)}";

        // An ordinary role at once; an auditor's only by a second security administrator; two administrators' roles never.
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(page, "Roles", ("Roles", "counter-officer"), ("Explanation", "样例：到岗"))).StatusCode);
        Assert.Contains("窗口核验人员", await security.ReadAsync(page), StringComparison.Ordinal);
        var two = await security.FillAsync(page, "Roles", ("Roles", "system-administrator"), ("Roles", "audit-administrator"), ("Explanation", "样例：到岗"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, two.StatusCode);
        Assert.Contains("互不兼任", await Officer.TextAsync(two), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await security.FillAsync(page, "Roles", ("Roles", "emperor"), ("Explanation", "样例：到岗"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await security.FillAsync(page, "Roles", ("Roles", "auditor"), ("Explanation", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(page, "Roles", ("Roles", "auditor"), ("Explanation", "样例：到岗"))).StatusCode);
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"StaffMembers\" WHERE \"Id\" = {Quoted(await KeyAsync(name))} AND {Holds("auditor")}"));
        var proposal = $"/console/proposals/{(await identity.ReadAsync($"SELECT \"Id\" FROM \"Proposals\" WHERE \"SubjectId\" = {Quoted(await KeyAsync(name))}")).ToLowerInvariant()}";
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "自己批准"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal("1", await identity.ReadAsync($"SELECT COUNT(*) FROM \"StaffMembers\" WHERE \"Id\" = {Quoted(await KeyAsync(name))} AND {Holds("auditor")}"));

        // No role counts before the owner has chosen a password that the administrator does not know.
        using var newcomer = await Officer.SignInAsync(identity, name, password);
        Assert.Contains("请先修改初始密码", await Officer.TextAsync(await newcomer.GetAsync("/console")), StringComparison.Ordinal);
        const string own = "wind-umbrella-71-quartz";
        await newcomer.FillAsync("/account/password", "", ("Current", password), ("Password", own), ("PasswordAgain", own));
        using var returned = await Officer.SignInAsync(identity, name, own);
        Assert.Equal(HttpStatusCode.OK, (await returned.GetAsync("/console/audit")).StatusCode);

        // Closing an auditor needs a security administrator; the session ends with it.
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(page, "Close", ("Explanation", "样例：离岗"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await returned.GetAsync("/console/audit")).StatusCode);
        var closing = $"/console/proposals/{(await identity.ReadAsync($"SELECT \"Id\" FROM \"Proposals\" WHERE \"SubjectId\" = {Quoted(await KeyAsync(name))} AND \"State\" = 'Pending'")).ToLowerInvariant()}";
        Assert.Equal(HttpStatusCode.Found, (await security.DecideAsync(closing, "approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await returned.GetAsync("/console/audit")).StatusCode);
    }

    [Fact] // 63
    public async Task Before_the_initial_password_is_changed_no_application_gets_a_token_and_afterwards_the_request_goes_on()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        var (name, password) = await OpenAsync(system);
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync($"/console/staff/{await KeyAsync(name)}", "Roles", ("Roles", "counter-officer"), ("Explanation", "样例：到岗"))).StatusCode);

        // Whoever opened the account knows the password: it opens no application.
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var scope = ("scope", (string?)"openid profile identity.counter");
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(name, password)).StatusCode);
        var next = (await browser.GetAsync(party.AuthorizeUrl(scope))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/password?ReturnUrl=", next, StringComparison.Ordinal);
        Assert.Contains("error=interaction_required", (await browser.GetAsync(party.AuthorizeUrl(scope, ("prompt", "none")))).Headers.Location!.Query, StringComparison.Ordinal);

        const string own = "wind-umbrella-71-quartz";
        var page = await (await browser.GetAsync(next)).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync(next, page, ("Current", password), ("Password", own), ("PasswordAgain", own + "x"))).StatusCode);
        var changed = await browser.SubmitAsync(next, page, ("Current", password), ("Password", own), ("PasswordAgain", own));
        Assert.StartsWith("/connect/authorize?", changed.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await browser.GetAsync(changed.Headers.Location!.OriginalString)).Headers.Location!));
        Assert.Contains("counter-officer", Answer.Claims(tokens.AccessToken).GetProperty("role").ToString(), StringComparison.Ordinal);
        Assert.Contains("identity.counter", Answer.Claims(tokens.AccessToken).GetProperty("scope").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_roles_while_another_waits_says_so_and_changes_nothing()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        var (name, _) = await OpenAsync(system);
        var page = $"/console/staff/{await KeyAsync(name)}";
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync(page, "Roles", ("Roles", "auditor"), ("Explanation", "样例：到岗"))).StatusCode);
        var second = await security.ForgeAsync(page + "?handler=Roles", ("Roles", "counter-officer"), ("Explanation", "样例：再改一次"));
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("已有一项申请等待复核", await Officer.TextAsync(second), StringComparison.Ordinal);
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"StaffMembers\" WHERE \"Id\" = {Quoted(await KeyAsync(name))} AND {Holds("counter-officer")}"));
    }

    [Fact] // 36
    public async Task Text_that_is_no_text_is_no_error_of_any_form()
    {
        const string bad = "样\0例\uFFFE\uD83D";
        using var system = await Officer.SignInAsync(identity, "system");
        using var window = await Officer.SignInAsync(identity, "window");
        using var applicant = await Applicant.RegisteredAsync(identity);
        var account = await window.FindAsync("IdNumber", applicant.Person.IdNumber);
        var (name, _) = await OpenAsync(system);
        var staff = $"/console/staff/{await KeyAsync(name)}";
        HttpResponseMessage[] answers =
        [
            await system.SendRawAsync("/console/staff/new", ("UserName", "bad-" + Guid.NewGuid().ToString("N")[..8]), ("Name", bad), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", bad)),
            await system.SendRawAsync(staff + "?handler=Post", ("Hall", bad), ("HallLevel", "city")),
            await window.SendRawAsync($"/console/accounts/{account}/freeze", ("Reason", "stolen"), ("Explanation", "样例说明" + bad)),
            await window.SendRawAsync("/console/accounts", ("By", "UserName"), ("Text", bad)),
            await window.SendRawAsync("/account/applications", ("clientId", bad)),
            await window.SendRawAsync("/disputes", ("Number", bad), ("Code", bad)),
            await window.SendRawAsync("/sign-in", ("Name", bad), ("Password", bad)),
        ];
        foreach (var answer in answers)
        {
            Assert.True((int)answer.StatusCode < 500, $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Nobody_gives_themselves_roles_or_closes_their_own_account()
    {
        using var security = await Officer.SignInAsync(identity, "security");
        using var system = await Officer.SignInAsync(identity, "system");
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync($"/console/staff/{await KeyAsync("security")}?handler=Roles", ("Roles", "counter-officer"), ("Roles", "security-administrator"), ("Explanation", "样例说明"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await system.ForgeAsync($"/console/staff/{await KeyAsync("system")}?handler=Close", ("Explanation", "样例说明"))).StatusCode);
    }

    [Fact] // 63
    public async Task One_person_holds_one_of_the_three_offices_whatever_accounts_they_have_and_also_at_the_same_moment()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        (string, string) why = ("Explanation", "样例：到岗");
        var (first, other) = ((await OpenAsync(system, "兼样例")).Name, (await OpenAsync(system, "兼样例")).Name);

        // Both wait, for neither account holds anything yet; decided at the same moment one of them stands.
        var (one, two) = (await ProposeAsync(security, first, "system-administrator"), await ProposeAsync(security, other, "audit-administrator"));
        var answers = await Task.WhenAll(second.DecideAsync(one, "approve"), second.DecideAsync(two, "approve"));
        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        Assert.Equal("1", await OfficesAsync());
        var firstWon = answers[0].StatusCode == HttpStatusCode.Found;
        Assert.Contains("同一人不得兼任", await Officer.TextAsync(answers[firstWon ? 1 : 0]), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"SubjectId\" = {Quoted(await KeyAsync(firstWon ? other : first))} AND \"State\" = 'Pending'"));

        // A third account is refused in the form; the same office beside, or another name, is not.
        var third = (await OpenAsync(system, "兼样例")).Name;
        var refused = await security.FillAsync($"/console/staff/{await KeyAsync(third)}", "Roles", ("Roles", "security-administrator"), why);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("同一人不得兼任", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Proposals\" WHERE \"SubjectId\" = {Quoted(await KeyAsync(third))}"));
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync($"/console/staff/{await KeyAsync(third)}", "Roles", ("Roles", firstWon ? "system-administrator" : "audit-administrator"), why)).StatusCode);

        // A closed account holds no office.
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"ClosedAt\" = '2026-01-01 00:00:00' WHERE \"UserName\" = '{(firstWon ? first : other)}'");
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(firstWon ? two : one, "approve")).StatusCode);
        Assert.Equal("2", await OfficesAsync());

        async Task<string> ProposeAsync(Officer officer, string name, string role)
        {
            Assert.Equal(HttpStatusCode.Found, (await officer.FillAsync($"/console/staff/{await KeyAsync(name)}", "Roles", ("Roles", role), why)).StatusCode);
            return $"/console/proposals/{(await identity.ReadAsync($"SELECT \"Id\" FROM \"Proposals\" WHERE \"SubjectId\" = {Quoted(await KeyAsync(name))}")).ToLowerInvariant()}";
        }

        Task<string> OfficesAsync() => identity.ReadAsync($"SELECT COUNT(*) FROM \"StaffMembers\" WHERE \"Name\" = '兼样例' AND ({Holds("system-administrator")} OR {Holds("audit-administrator")})");
    }

    [Theory] // 63
    [InlineData("双样例", "双 样例")]
    [InlineData("阿样例·例样", "阿样例•例样")]
    [InlineData("Li Sample", "ＬＩ　Sample")]
    public async Task A_name_that_only_looks_like_another_is_the_same_person(string name, string alike)
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        (string, string) why = ("Explanation", "样例：到岗");
        var (first, other) = (await KeyAsync((await OpenAsync(system, name)).Name), await KeyAsync((await OpenAsync(system, alike)).Name));
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync($"/console/staff/{first}", "Roles", ("Roles", "system-administrator"), why)).StatusCode);
        var proposal = $"/console/proposals/{(await identity.ReadAsync($"SELECT \"Id\" FROM \"Proposals\" WHERE \"SubjectId\" = {Quoted(first)}")).ToLowerInvariant()}";
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        var refused = await security.FillAsync($"/console/staff/{other}", "Roles", ("Roles", "audit-administrator"), why);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("同一人不得兼任", await Officer.TextAsync(refused), StringComparison.Ordinal);

        // As an earlier release kept it: what nobody sees in a name makes no other person of it.
        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Name\" = '{name[..1]}\u200B{name[1..]}' WHERE \"Id\" = {Quoted(other)}");
        Assert.Equal(HttpStatusCode.Conflict, (await security.FillAsync($"/console/staff/{other}", "Roles", ("Roles", "audit-administrator"), why)).StatusCode);
    }

    [Theory]
    [InlineData("双\u200B样例")]
    [InlineData("双\u202E样例")]
    [InlineData("双样\u00AD例")]
    [InlineData("双\u3164样例")]
    [InlineData("双\uFE00样例")]
    public async Task A_name_with_what_nobody_sees_is_refused(string name)
    {
        using var system = await Officer.SignInAsync(identity, "system");
        var userName = "unseen-" + Guid.NewGuid().ToString("N")[..8];
        var refused = await system.FillAsync("/console/staff/new", "", ("UserName", userName), ("Name", name), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", "样例市数据资源管理局"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("不可见字符", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Accounts\" WHERE \"UserName\" = '{userName}'"));
    }

    [Fact]
    public async Task The_database_refuses_two_administrators_in_one_and_should_one_exist_both_are_refused()
    {
        var both = $"UPDATE \"StaffMembers\" SET \"Roles\" = {Roles("system-administrator", "security-administrator")} WHERE \"Id\" = {Quoted(await KeyAsync("clerk"))}";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => identity.ExecuteAsync(both));
        await ForceAsync(both);
        try
        {
            using var officer = await Officer.SignInAsync(identity, "clerk");
            foreach (var page in (string[])["/console", "/console/staff", "/console/policies"])
            {
                var refused = await officer.GetAsync(page);
                Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
                Assert.Contains("不得兼任", await Officer.TextAsync(refused), StringComparison.Ordinal);
            }
        }
        finally
        {
            await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Roles\" = {Roles("window-officer")} WHERE \"Id\" = {Quoted(await KeyAsync("clerk"))}");
        }
    }

    [Fact]
    public async Task Officials_are_found_by_parts_of_what_the_list_shows_and_page_by_page()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        var mark = Guid.NewGuid().ToString("N")[..8];
        for (var n = 0; n < 33; n++)
        {
            Assert.Equal(HttpStatusCode.OK, (await system.FillAsync(
                "/console/staff/new", "", ("UserName", $"{mark}-{n:00}"), ("Name", n < 2 ? "寻样例甲" : "寻样例乙"), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", $"样例{mark}局"))).StatusCode);
        }

        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Roles\" = {Roles("case-handler")} WHERE \"Id\" IN (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = '{mark}-04')");
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"ClosedAt\" = '2026-01-01 00:00:00' WHERE \"UserName\" = '{mark}-05'");
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"FrozenAt\" = '2026-01-01 00:00:00' WHERE \"UserName\" = '{mark}-06'");
        async Task<List<string>> FindAsync(params (string, string)[] fields) => Names(await Officer.TextAsync(await system.FillAsync("/console/staff", "", fields)));
        Assert.Equal($"{mark}-17", Assert.Single(await FindAsync(("UserName", $"{mark.ToUpperInvariant()}-17"))));
        Assert.Equal(2, (await FindAsync(("Name", "样例甲"), ("Department", mark))).Count);
        Assert.Equal($"{mark}-04", Assert.Single(await FindAsync(("Department", mark), ("Role", "case-handler"))));
        Assert.Equal($"{mark}-05", Assert.Single(await FindAsync(("Department", mark), ("State", "Closed"))));
        Assert.Equal($"{mark}-06", Assert.Single(await FindAsync(("Department", mark), ("State", "Frozen"))));
        Assert.NotEmpty(await FindAsync(("Department", "11349900mb0000051u"), ("State", "InUse")));

        // The next page is of the same search.
        var first = await Officer.TextAsync(await system.FillAsync("/console/staff", "", ("Department", mark)));
        var next = System.Text.RegularExpressions.Regex.Match(first, "name=\"Before\" value=\"(?<k>[0-9a-f-]{36})\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["k"].Value;
        var second = await Officer.TextAsync(await system.FillAsync("/console/staff", "", ("Department", mark), ("Before", next)));
        Assert.Equal((30, 3), (Names(first).Count, Names(second).Count));
        Assert.Empty(Names(first).Intersect(Names(second), StringComparer.Ordinal));
        Assert.DoesNotContain("name=\"Before\"", second, StringComparison.Ordinal);

        // Nobody, signs that other searches take for patterns, and what is no choice; persons are in no such list.
        foreach (var (field, value) in ((string, string)[])[("UserName", "nobody-" + mark), ("UserName", "citizen"), ("Name", "张样例"), ("Name", "%"), ("Department", "_样例"), ("Name", "' OR 1=1 --")])
        {
            var none = await Officer.TextAsync(await system.FillAsync("/console/staff", "", (field, value)));
            Assert.Contains("没有符合条件的工作人员", none, StringComparison.Ordinal);
            Assert.Empty(Names(none));
        }

        foreach (var (field, value) in ((string, string)[])[("Role", "emperor"), ("State", "9"), ("State", "Asleep"), ("Before", "forged"), ("Name", new string('样', 101))])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await system.FillAsync("/console/staff", "", (field, value))).StatusCode);
        }

        using var window = await Officer.SignInAsync(identity, "window");
        Assert.Equal(HttpStatusCode.Forbidden, (await window.ForgeAsync("/console/staff", ("Name", "样例"))).StatusCode);

        static List<string> Names(string page) => [.. System.Text.RegularExpressions.Regex.Matches(page, "data-label=\"用户名\">(?<n>[^<]*)<", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups["n"].Value)];
    }

    /// <summary>A list of roles as the database's own literal.</summary>
    protected abstract string Roles(params string[] roles);

    /// <summary>A condition: the row holds the role.</summary>
    protected abstract string Holds(string role);

    /// <summary>Writes what the constraint forbids.</summary>
    protected abstract Task ForceAsync(string sql);

    /// <summary>Opens an account without a role.</summary>
    private static async Task<(string Name, string Password)> OpenAsync(Officer system, string person = "新样例")
    {
        var name = "staff-" + Guid.NewGuid().ToString("N")[..8];
        var opened = await Officer.TextAsync(await system.FillAsync(
            "/console/staff/new", "", ("UserName", name), ("Name", person), ("DepartmentUscc", "11349900MB0000051U"), ("DepartmentName", "样例市数据资源管理局")));
        return (name, System.Text.RegularExpressions.Regex.Match(opened, "initial-password\">(?<p>[^<]{16})<", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["p"].Value);
    }

    private async Task<string> KeyAsync(string userName) => (await identity.ReadAsync($"SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = '{userName}'")).ToLowerInvariant();

    /// <summary>A key as either engine compares it: SQLite keeps upper-case text.</summary>
    private static string Quoted(string key) => $"'{key.ToUpperInvariant()}'";
}

public sealed class ConsoleAccessOnSqlite(SqliteIdentity identity) : ConsoleAccessSuite(identity), IClassFixture<SqliteIdentity>
{
    private readonly SqliteIdentity identity = identity;

    protected override string Roles(params string[] roles) => $"'[{string.Join(',', roles.Select(r => $"\"{r}\""))}]'";

    protected override string Holds(string role) => $"instr(\"Roles\", '\"{role}\"') > 0";

    protected override Task ForceAsync(string sql) => identity.ExecuteAsync("PRAGMA ignore_check_constraints = 1; " + sql + "; PRAGMA ignore_check_constraints = 0");
}

public sealed class ConsoleAccessOnPostgres(PostgresIdentity identity) : ConsoleAccessSuite(identity), IClassFixture<PostgresIdentity>
{
    private readonly PostgresIdentity identity = identity;

    protected override string Roles(params string[] roles) => $"ARRAY[{string.Join(',', roles.Select(r => $"'{r}'"))}]";

    protected override string Holds(string role) => $"'{role}' = ANY(\"Roles\")";

    protected override Task ForceAsync(string sql) => identity.ExecuteAsync("ALTER TABLE \"StaffMembers\" DROP CONSTRAINT \"CK_StaffMembers_OneAdministrator\"; " + sql);
}
