using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>An official by a password alone gets no console, no API and no token; the first sign-in leads to the second factor and back.</summary>
public abstract class OfficialFactorSuite(IdentityFixture identity)
{
    private const string Password = "Lantern-orbit-47-Quill";
    private const string Enrol = "/account/second-factor/official";

    [Fact]
    public async Task The_first_sign_in_leads_to_a_second_factor_and_only_then_to_console_and_token()
    {
        await using var server = await identity.StartSecondAsync(5, ("Officials:RequireSecondFactor", "true"));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 5}");
        var (name, _) = await OpenAsync();
        var party = new RelyingParty(identity);
        await browser.SignInAsync(name, Password, "/console");
        foreach (var page in (string[])["/console", "/console/audit?Action=session.begin", "/console/accounts"])
        {
            var answer = await browser.GetAsync(page);
            Assert.Equal(Enrol + "?ReturnUrl=" + Uri.EscapeDataString(page), answer.Headers.Location?.OriginalString);
        }

        Assert.StartsWith(Enrol, (await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("error=interaction_required", (await browser.GetAsync(party.AuthorizeUrl(("prompt", "none")))).Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/console/audit/export")).StatusCode);
        Assert.Contains("工作人员两步验证", await browser.ReadAsync(Enrol + "?ReturnUrl=%2Fconsole"), StringComparison.Ordinal);

        const string setUp = "/account/second-factor/app?ReturnUrl=%2Fconsole";
        var form = await browser.ReadAsync(setUp);
        var app = new AuthenticatorOnPhone(Regex.Match(form, "<code id=\"secret\">(?<s>[A-Z2-7 ]+)</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value, identity.Time);
        Assert.Equal("/console", (await browser.SubmitAsync(setUp, form, ("Code", app.FormerCode()))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).StatusCode);
        Assert.StartsWith(IdentityFixture.Loopback, (await browser.GetAsync(party.AuthorizeUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // From then on the password alone is no session.
        using var next = new Browser($"http://localhost:{identity.BasePort + 5}");
        Assert.StartsWith("/sign-in/second-factor", (await next.SignInAsync(name, Password, "/console")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await next.GetAsync("/console")).Headers.Location!.PathAndQuery.TrimStart('/').Insert(0, "/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passkey_opens_the_console_whether_it_is_bound_to_its_device_or_synced(bool synced)
    {
        await using var server = await identity.StartSecondAsync(5, ("Officials:RequireSecondFactor", "true"));
        var address = $"http://localhost:{identity.BasePort + 5}";
        var (name, _) = await OpenAsync();
        using var owner = new Browser(address);
        await owner.SignInAsync(name, Password, "/console");
        await EnrolAsync(owner);
        using var device = await AddPasskeyAsync(owner, address, synced);
        using var browser = new Browser(address);
        Assert.Equal(HttpStatusCode.Found, (await PasskeySignInAsync(browser, device)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).StatusCode);
    }

    [Fact]
    public async Task Persons_are_not_concerned()
    {
        await using var server = await identity.StartSecondAsync(6, ("Officials:RequireSecondFactor", "true"));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 6}");
        await browser.SignInAsync("citizen");
        Assert.StartsWith(IdentityFixture.Loopback, (await browser.GetAsync(new RelyingParty(identity).AuthorizeUrl())).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal("/console", (await browser.GetAsync(Enrol + "?ReturnUrl=%2Fconsole")).Headers.Location?.OriginalString);
    }

    [Fact] // 63
    public async Task A_lost_factor_is_taken_off_by_two_officials_and_only_password_and_ticket_together_set_up_another()
    {
        await using var server = await identity.StartSecondAsync(5, ("Officials:RequireSecondFactor", "true"));
        var address = $"http://localhost:{identity.BasePort + 5}";
        var (name, key) = await OpenAsync("失样例");
        using var owner = new Browser(address);
        await owner.SignInAsync(name, Password, "/console");
        await EnrolAsync(owner);
        using var device = await AddPasskeyAsync(owner, address);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/console")).StatusCode);

        // Somebody knows the password and waits for a code that will never be asked for again.
        using var waiting = new Browser(address);
        Assert.StartsWith("/sign-in/second-factor", (await waiting.SignInAsync(name, Password, "/console")).Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        var page = $"/console/staff/{key}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await system.FillAsync(page, "Factor", ("Loss", "丢"))).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(page, "Factor", ("Loss", "样例：手机丢失"))).StatusCode);
        var proposal = await ProposalAsync(key);
        Assert.Equal(HttpStatusCode.Forbidden, (await system.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：自己批准"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/console")).StatusCode);
        var approved = await Officer.TextAsync(await security.DecideAsync(proposal, "approve"));
        var ticket = Regex.Match(approved, "id=\"factor-ticket\">(?<t>[a-z2-9-]{19})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["t"].Value;
        Assert.Equal(19, ticket.Length);
        Assert.DoesNotContain(ticket, await security.ReadAsync(proposal), StringComparison.Ordinal);

        // Sessions, the waiting sign-in, app and passkey are gone.
        Assert.StartsWith("/sign-in", Path(await owner.GetAsync("/console")), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", Path(await waiting.GetAsync("/sign-in/second-factor")), StringComparison.Ordinal);
        using var byPasskey = new Browser(address);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PasskeySignInAsync(byPasskey, device)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'staff.factorsReset' AND \"SubjectId\" = '{key}' AND \"Details\" NOT LIKE '%{ticket}%'"));

        // The password alone sets up nothing, and guessing at the ticket neither.
        using var thief = new Browser(address);
        Assert.Equal("/console", (await thief.SignInAsync(name, Password, "/console")).Headers.Location?.OriginalString);
        foreach (var way in (string[])["/console", "/account/second-factor/app", "/account/passkeys"])
        {
            Assert.StartsWith(Enrol + "?", (await thief.GetAsync(way)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }

        foreach (var wrong in (string[])["", "aaaa-bbbb-cccc-dddd", new string('2', 500), "\uFFFE\uD83D"])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TicketAsync(thief, wrong)).StatusCode);
        }

        // The official has both; of two sessions with the same ticket at once one gets on.
        await owner.SignInAsync(name, Password, "/console");
        Assert.Contains("双人复核", await owner.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(Enrol + "?ReturnUrl=%2Fconsole", (await TicketAsync(owner, ticket.ToUpperInvariant().Replace('-', ' '))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TicketAsync(thief, ticket)).StatusCode);
        Assert.StartsWith(Enrol + "?", (await thief.GetAsync("/account/second-factor/app")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("设置验证器应用", await owner.ReadAsync(Enrol + "?ReturnUrl=%2Fconsole"), StringComparison.Ordinal);
        await EnrolAsync(owner);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/console")).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"FactorTickets\" WHERE \"AccountId\" = '{Spelled(key)}'"));
        Assert.StartsWith("/sign-in/second-factor", Path(await thief.GetAsync("/account/second-factor/app")), StringComparison.Ordinal);
    }

    [Fact] // 63
    public async Task Where_no_second_factor_is_required_the_password_is_not_enough_after_one_was_taken_off()
    {
        var (name, key) = await OpenAsync("撤样例");
        using var owner = identity.NewBrowser();
        await owner.SignInAsync(name, Password, "/console");
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/console")).StatusCode);
        await EnrolAsync(owner);
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync($"/console/staff/{key}", "Factor", ("Loss", "样例：手机丢失"))).StatusCode);
        var approved = await Officer.TextAsync(await security.DecideAsync(await ProposalAsync(key), "approve"));
        var ticket = Regex.Match(approved, "id=\"factor-ticket\">(?<t>[a-z2-9-]{19})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["t"].Value;

        using var thief = identity.NewBrowser();
        await thief.SignInAsync(name, Password, "/console");
        Assert.StartsWith(Enrol + "?", Path(await thief.GetAsync("/console")), StringComparison.Ordinal);
        Assert.StartsWith(Enrol + "?", Path(await thief.GetAsync(new RelyingParty(identity).AuthorizeUrl())), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.GetAsync("/console/audit/export")).StatusCode);

        // Who has the ticket too goes on, and sets up another factor or not.
        await owner.SignInAsync(name, Password, "/console");
        Assert.Equal(Enrol + "?ReturnUrl=%2Fconsole", (await TicketAsync(owner, ticket)).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/console")).StatusCode);
        Assert.StartsWith(Enrol + "?", Path(await thief.GetAsync("/console")), StringComparison.Ordinal);
    }

    [Fact] // 63
    public async Task Tickets_that_the_brake_holds_back_are_no_records()
    {
        var (name, key) = await OpenAsync("试样例");
        using var owner = identity.NewBrowser();
        await owner.SignInAsync(name, Password, "/console");
        await EnrolAsync(owner);
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync($"/console/staff/{key}", "Factor", ("Loss", "样例：手机丢失"))).StatusCode);
        Assert.Contains("factor-ticket", await Officer.TextAsync(await security.DecideAsync(await ProposalAsync(key), "approve")), StringComparison.Ordinal);

        using var thief = identity.NewBrowser();
        await thief.SignInAsync(name, Password, "/console");
        var compared = 0;
        for (var i = 0; i < 50; i++)
        {
            var refused = await TicketAsync(thief, "aaaa-bbbb-cccc-dddd");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            compared += (await Officer.TextAsync(refused)).Contains("凭条不正确", StringComparison.Ordinal) ? 1 : 0;
        }

        // The last that is compared is told already to wait.
        Assert.InRange(compared, 1, 20);
        Assert.InRange(await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'account.factorTicket' AND \"SubjectId\" = '{key}'"), 1L, compared + 1L);
    }

    [Fact] // 63
    public async Task Nobody_resets_a_factor_alone_beyond_their_role_or_after_it_was_overtaken()
    {
        using var system = await Officer.SignInAsync(identity, "system");
        using var security = await Officer.SignInAsync(identity, "security");
        using var auditor = await Officer.SignInAsync(identity, "auditor");
        using var window = await Officer.SignInAsync(identity, "window");
        var (name, key) = await OpenAsync("忘样例");
        var page = $"/console/staff/{key}";
        (string, string) loss = ("Loss", "样例：手机丢失");

        // Without a factor there is nothing to take off.
        var none = await system.FillAsync(page, "Factor", loss);
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Contains("没有设置第二因素", await Officer.TextAsync(none), StringComparison.Ordinal);
        using var owner = identity.NewBrowser();
        await owner.SignInAsync(name, Password);
        await EnrolAsync(owner);
        foreach (var other in (Officer[])[security, auditor, window])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await other.ForgeAsync(page + "?handler=Factor", loss)).StatusCode);
        }

        // Nobody about themselves, and of a system administrator a security administrator proposes: another one decides.
        var own = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'system'")).ToLowerInvariant();
        Assert.Equal(HttpStatusCode.Forbidden, (await system.ForgeAsync($"/console/staff/{own}?handler=Factor", loss)).StatusCode);
        var (administrator, administratorKey) = await OpenAsync("管忘例", "system-administrator");
        using var lost = identity.NewBrowser();
        await lost.SignInAsync(administrator, Password);
        await EnrolAsync(lost);
        Assert.Equal(HttpStatusCode.Found, (await security.FillAsync($"/console/staff/{administratorKey}", "Factor", loss)).StatusCode);
        var mine = await security.DecideAsync(await ProposalAsync(administratorKey), "approve");
        Assert.Equal(HttpStatusCode.Forbidden, mine.StatusCode);
        Assert.DoesNotContain("factor-ticket", await Officer.TextAsync(mine), StringComparison.Ordinal);
        using var second = await Officer.SignInAsync(identity, "security-second");
        Assert.Contains("factor-ticket", await Officer.TextAsync(await second.DecideAsync(await ProposalAsync(administratorKey), "approve")), StringComparison.Ordinal);

        // The official found the phone and changed the app: that is not what was proposed.
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(page, "Factor", loss)).StatusCode);
        var stale = await ProposalAsync(key);
        identity.Time.Advance(TimeSpan.FromSeconds(31));
        await EnrolAsync(owner);
        var refused = await security.DecideAsync(stale, "approve");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("已设置新的第二因素", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"AuthenticatorApps\" WHERE \"AccountId\" = '{Spelled(key)}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"Proposals\" WHERE \"SubjectId\" = '{Spelled(key)}' AND \"State\" = 'Pending'"));
        Assert.Equal(HttpStatusCode.Found, (await security.DecideAsync(stale, "refuse")).StatusCode);

        // What nobody decides lapses, and so does a ticket.
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync(page, "Factor", loss)).StatusCode);
        var lapsed = await ProposalAsync(key);
        identity.Time.Advance(TimeSpan.FromHours(73));
        using var later = await Officer.SignInAsync(identity, "security");
        Assert.Equal(HttpStatusCode.Conflict, (await later.ForgeAsync(lapsed, ("Decision", "approve"), ("Note", "样例：太晚"))).StatusCode);
        using var systemLater = await Officer.SignInAsync(identity, "system");
        Assert.Equal(HttpStatusCode.Found, (await systemLater.ForgeAsync(page + "?handler=Factor", loss)).StatusCode);
        var ticket = Regex.Match(
            await Officer.TextAsync(await later.DecideAsync(await ProposalAsync(key), "approve")), "id=\"factor-ticket\">(?<t>[a-z2-9-]{19})<", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["t"].Value;
        identity.Time.Advance(TimeSpan.FromHours(25));
        using var late = identity.NewBrowser();
        await late.SignInAsync(name, Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TicketAsync(late, ticket)).StatusCode);
        Assert.StartsWith(Enrol + "?", (await late.GetAsync("/account/second-factor/app")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static string Path(HttpResponseMessage response) =>
        response.Headers.Location is { } location ? location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString : $"{response.StatusCode}";

    private static async Task<HttpResponseMessage> TicketAsync(Browser browser, string ticket)
    {
        var url = Enrol + "?ReturnUrl=%2Fconsole";
        return await browser.SubmitAsync(url, await (await browser.GetAsync(url)).Content.ReadAsStringAsync(), ("Ticket", ticket));
    }

    /// <summary>Pairs an app as the page asks.</summary>
    private async Task EnrolAsync(Browser browser)
    {
        const string setUp = "/account/second-factor/app?ReturnUrl=%2Fconsole";
        var form = await browser.ReadAsync(setUp);
        var secret = Regex.Match(form, "<code id=\"secret\">(?<s>[A-Z2-7 ]+)</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value;
        Assert.NotEqual("", secret);
        Assert.Equal("/console", (await browser.SubmitAsync(setUp, form, ("Code", new AuthenticatorOnPhone(secret, identity.Time).FormerCode()))).Headers.Location?.OriginalString);
    }

    private static async Task<SoftwareAuthenticator> AddPasskeyAsync(Browser browser, string address, bool synced = false)
    {
        var device = new SoftwareAuthenticator(address) { BackupEligible = synced, BackedUp = synced };
        var page = await (await browser.GetAsync("/account/passkeys")).Content.ReadAsStringAsync();
        var options = await (await browser.SubmitAsync("/passkeys/creation-options", page)).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/account/passkeys", page, ("Passkey", device.Create(options)), ("Label", "样例"))).StatusCode);
        return device;
    }

    private static async Task<HttpResponseMessage> PasskeySignInAsync(Browser browser, SoftwareAuthenticator device)
    {
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        var options = await (await browser.SubmitAsync("/passkeys/request-options", page)).Content.ReadAsStringAsync();
        return await browser.SubmitAsync("/sign-in", page, ("Passkey", device.Get(options)));
    }

    private async Task<string> ProposalAsync(string subject) =>
        "/console/proposals/" + (await identity.ReadAsync($"SELECT \"Id\" FROM \"Proposals\" WHERE \"SubjectId\" = '{Spelled(subject)}' AND \"State\" = 'Pending'")).ToLowerInvariant();

    private string Spelled(string key) => identity is SqliteIdentity ? key.ToUpperInvariant() : key;

    /// <summary>An official who has signed in nowhere yet.</summary>
    private async Task<(string Name, string Key)> OpenAsync(string person = "官样例", string role = "auditor")
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var name = "auditor-" + Guid.NewGuid().ToString("N");
        var account = new Account
        {
            Id = Guid.CreateVersion7(),
            Kind = AccountKind.Staff,
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            SecurityStamp = Guid.NewGuid().ToString(),
            CreatedAt = identity.Time.GetUtcNow(),
        };
        account.PasswordHash = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>().HashPassword(account, Password);
        account.StaffMember = new StaffMember { Id = account.Id, Name = person, DepartmentUscc = "11349900MB0000051U", DepartmentName = "样例市数据资源管理局", Roles = [role], CreatedAt = account.CreatedAt };
        database.Users.Add(account);
        await database.SaveChangesAsync();
        return (name, account.Id.ToString());
    }
}

[Collection(OnSqlite.Name)]
public sealed class OfficialFactorOnSqlite(SqliteIdentity identity) : OfficialFactorSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OfficialFactorOnPostgres(PostgresIdentity identity) : OfficialFactorSuite(identity);
