using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Disputes;

/// <summary>Who must not open, decide or learn of a dispute.</summary>
public abstract class DisputeAttackSuite(IdentityFixture identity)
{
    private static readonly (string Name, string Value)[] Contradiction = [("Answer", "contradict"), ("Text", "样例：这是我的账号"), ("DocumentChecked", "true")];

    [Fact]
    public async Task Nobody_but_a_counter_officer_opens_one()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var citizen = await Applicant.RegisteredAsync(identity);
        using var clerk = identity.NewBrowser();
        await clerk.SignInAsync("clerk");
        using var security = await Officer.SignInAsync(identity, "security");
        using var noPost = await Officer.SignInAsync(identity, "window");
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(citizen, "/console/disputes/new", quarrel.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.SubmitAsync("/console/disputes/new", await clerk.ReadAsync("/account/password"), quarrel.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync("/console/disputes/new", quarrel.Form())).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await noPost.ForgeAsync("/console/disputes/new", quarrel.Form())).StatusCode);
        using var outside = identity.NewBrowser();
        Assert.Contains("/sign-in?", (await outside.GetAsync("/console/disputes/new")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(0, await DisputesAsync(quarrel));
        Assert.Equal(HttpStatusCode.OK, (await quarrel.Holder.Browser.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_paper_that_the_population_register_does_not_know_freezes_nobody()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        (string, string)[][] faults =
        [
            [("Name", "别人")], [("Sex", quarrel.Person.Sex == "1" ? "2" : "1")], [("IdNumber", "340102199001011231")], [("DocumentNumber", "E1234567")], [("DocumentKind", "library-card")],
            [("Finding", "无")], [("DocumentChecked", "false")], [("NoInterest", "false")], [("Kind", "7")], [("Window", " ")], [("Slip", "ABCDE-FGHJK")], [("Slip", "x")], [("Ethnicity", "99")],
        ];
        foreach (var fault in faults)
        {
            var answer = await first.FillAsync("/console/disputes/new", "", quarrel.Form(fault));
            var page = await Officer.TextAsync(answer);
            Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity, $"{fault[0]}: {answer.StatusCode}");
            // The form is kept.
            Assert.Contains($"value=\"{(fault[0].Item1 == "Window" ? quarrel.Person.Name : "3号窗口")}\"", page, StringComparison.Ordinal);
        }

        // Officials have no ID number here; nobody's number is none of theirs.
        var nobody = await identity.Sandbox.NextPersonAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await first.FillAsync("/console/disputes/new", "", quarrel.Form(("IdNumber", nobody.IdNumber), ("DocumentNumber", nobody.IdNumber)))).StatusCode);
        Assert.Equal(0, await DisputesAsync(quarrel));
        Assert.Equal(HttpStatusCode.OK, (await quarrel.Holder.Browser.GetAsync("/account")).StatusCode);
        Assert.True(await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'dispute.opened' AND \"Result\" = 'identity.dispute.populationMismatch'") > 0);
    }

    [Fact]
    public async Task Nobody_decides_their_own_nor_twice_nor_a_matter_that_may_be_their_own()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        using var security = await Officer.SignInAsync(identity, "security");
        using var auditor = await Officer.SignInAsync(identity, "auditor");

        // Two windows at once: one dispute.
        var both = await Task.WhenAll(first.FillAsync("/console/disputes/new", "", quarrel.Form()), second.FillAsync("/console/disputes/new", "", quarrel.Form()));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], both.Select(a => a.StatusCode).Order());
        Assert.Equal(1, await DisputesAsync(quarrel));
        var (opener, decider) = both[0].StatusCode == HttpStatusCode.OK ? (first, second) : (second, first);
        var page = await Officer.TextAsync(both.First(a => a.StatusCode == HttpStatusCode.OK));
        var dispute = Regex.Match(page, "/console/disputes/[0-9a-f-]{36}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

        (string, string)[] decision = [("Decision", "reject"), ("Reasons", "样例：自己决定"), ("NoInterest", "true")];
        Assert.Equal(HttpStatusCode.Forbidden, (await opener.ForgeAsync(dispute, decision)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await auditor.ForgeAsync(dispute, decision)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Company.SendAsync(await Applicant.RegisteredAsync(identity), dispute, decision)).StatusCode);
        Assert.Equal("Open", await StateAsync(quarrel));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'dispute.decided' AND \"Result\" = 'identity.dispute.ownDecision' AND \"SubjectId\" = '{(await identity.KeyOfAsync(quarrel.Person.IdNumber)).ToLowerInvariant()}'"));

        // A party bears the official's name.
        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Name\" = '{quarrel.Person.Name}' WHERE \"Name\" = '褚样例'");
        using var namesake = await Officer.SignInAsync(identity, "counter-namesake");
        Assert.Equal(HttpStatusCode.Forbidden, (await namesake.ForgeAsync(dispute, decision)).StatusCode);
        using var another = Quarrel.Of(identity, quarrel.Holder);
        Assert.Equal(HttpStatusCode.Forbidden, (await namesake.FillAsync("/console/disputes/new", "", another.Form())).StatusCode);
        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Name\" = '褚样例' WHERE \"Name\" = '{quarrel.Person.Name}'");

        // Two deciders at once: one decision.
        await quarrel.Holder.FillAsync("/disputes", ("Number", Quarrel.Number(page)), ("Code", await quarrel.HolderCodeAsync(identity)));
        await quarrel.Holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "样例：我反对"));
        var answers = await Task.WhenAll(Quarrel.DecideAsync(decider, dispute, "grant"), Quarrel.DecideAsync(security, dispute, "reject"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        var state = await StateAsync(quarrel);
        Assert.Equal(answers[0].StatusCode == HttpStatusCode.OK ? "Granted" : "Rejected", state);
        Assert.Equal(HttpStatusCode.Conflict, (await decider.ForgeAsync(dispute, decision)).StatusCode);
        Assert.Equal(state, await StateAsync(quarrel));
        Assert.Equal(HttpStatusCode.NotFound, (await decider.ForgeAsync($"/console/disputes/{Guid.NewGuid()}", decision)).StatusCode);
    }

    [Fact]
    public async Task Who_writes_the_answer_down_while_the_population_register_is_asked_decides_nothing()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var here = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(first);
        HttpStatusCode? written = null;
        await using var population = await SlowPopulation.StartAsync(identity, async () => written = (await here.FillAsync(opened.Address, "Answer", Contradiction)).StatusCode);
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer), population.Setting);
        using var there = new Browser($"http://localhost:{identity.BasePort + 5}");
        await there.SignInAsync("counter-two", returnUrl: "/console");
        var decided = await there.SubmitAsync(opened.Address, await there.ReadAsync(opened.Address), ("Decision", "grant"), ("Reasons", "样例：证件与人口库一致"), ("NoInterest", "true"));
        Assert.Equal(HttpStatusCode.OK, written);
        Assert.Equal(HttpStatusCode.Forbidden, decided.StatusCode);
        Assert.Contains("持有人的答复由您记录", await Officer.TextAsync(decided), StringComparison.Ordinal);
        Assert.Equal("Open", await StateAsync(quarrel));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'dispute.decided' AND \"Result\" = 'identity.dispute.ownAnswer' AND \"SubjectId\" = '{(await identity.KeyOfAsync(quarrel.Person.IdNumber)).ToLowerInvariant()}'"));
    }

    [Fact]
    public async Task Another_account_of_the_opener_of_a_party_or_of_who_decides_gives_no_answer_that_counts()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        using var second = await Officer.SignInAsync(identity, "counter-two");
        using var other = await Officer.SignInAsync(identity, "counter-namesake");
        var opened = await quarrel.OpenAsync(first);
        try
        {
            foreach (var (name, words) in ((string, string)[])[("郑样例", "不能决定自己受理的争议"), (quarrel.Person.Name, "当事人与您同名")])
            {
                await RenameAsync(name);
                var refused = await other.FillAsync(opened.Address, "Answer", Contradiction);
                Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
                Assert.Contains(words, await Officer.TextAsync(refused), StringComparison.Ordinal);
            }

            Assert.Equal(1, await identity.RowsAsync($"\"Disputes\" WHERE \"Number\" = '{opened.Number}' AND \"AnsweredAt\" IS NULL"));

            // Written down by another account of the one who decides.
            await RenameAsync("冯样例");
            Assert.Equal(HttpStatusCode.OK, (await other.FillAsync(opened.Address, "Answer", Contradiction)).StatusCode);
            var own = await Quarrel.DecideAsync(second, opened.Address, "grant");
            Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
            Assert.Contains("持有人的答复由您记录", await Officer.TextAsync(own), StringComparison.Ordinal);
            Assert.Equal("Open", await StateAsync(quarrel));
        }
        finally
        {
            await RenameAsync("褚样例");
        }

        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(second, opened.Address, "reject")).StatusCode);

        Task RenameAsync(string name) => identity.ExecuteAsync(
            $"UPDATE \"StaffMembers\" SET \"Name\" = '{name}' WHERE \"Id\" = (SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'counter-namesake')");
    }

    [Fact]
    public async Task A_dispute_that_is_over_stays_over_when_its_account_was_closed_since()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        Quarrel.Opened opened;
        using (var first = await Officer.SignInAsync(identity, "counter-one"))
        {
            opened = await quarrel.OpenAsync(first);
        }

        using (var security = await Officer.SignInAsync(identity, "security"))
        {
            Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(security, opened.Address, "reject")).StatusCode);
        }

        var key = await identity.KeyOfAsync(quarrel.Person.IdNumber);
        using var owner = new Applicant(identity, quarrel.Person);
        await owner.Browser.SignInAsync(quarrel.Person.IdNumber, Applicant.Password);
        await owner.Browser.StrengthenAsync(identity, quarrel.Person.Phone);
        Assert.Equal("/account/close", (await owner.FillAsync("/account/close", ("Understood", "true"))).Headers.Location?.OriginalString);
        identity.Time.Advance(TimeSpan.FromDays(AccountClosing.WaitDays).Add(TimeSpan.FromMinutes(1)));
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountClosing>().FinishAsync(Guid.Parse(key), CancellationToken.None);
        }

        Assert.Equal(1, await identity.RowsAsync($"\"Accounts\" WHERE \"Id\" = '{key}' AND \"ClosedAt\" IS NOT NULL"));
        using var later = await Officer.SignInAsync(identity, "counter-two");
        foreach (var decision in (string[])["grant", "reject"])
        {
            var refused = await later.ForgeAsync(opened.Address, ("Decision", decision), ("Reasons", "样例：再次决定"), ("NoInterest", "true"));
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("该争议已有决定", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Conflict, (await later.ForgeAsync(opened.Address + "?handler=Answer", Contradiction)).StatusCode);
    }

    [Fact]
    public async Task A_number_without_its_code_tells_nothing()
    {
        using var open = await Quarrel.WithSlipAsync(identity);
        using var slip = await Quarrel.WithSlipAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        var opened = await open.OpenAsync(first);
        var answers = new List<string>[3];
        foreach (var (number, n) in new[] { (opened.Number, 0), (slip.Slip!, 1), ("ABCDE-FGHJK", 2) })
        {
            using var guesser = new Applicant(identity, open.Person);
            List<string> seen = [];
            for (var i = 0; i < 7; i++)
            {
                var answer = await guesser.FillAsync("/disputes", ("Number", number), ("Code", "aaaa-aaaa-aaaa"));
                seen.Add($"{answer.StatusCode} {Regex.Replace((await Applicant.TextAsync(answer)).Replace(number, "N", StringComparison.Ordinal), "value=\"CfDJ8[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1))}");
            }

            answers[n] = seen;
            Assert.Equal("/disputes", (await guesser.Browser.GetAsync("/disputes/mine")).Headers.Location?.OriginalString);
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
        Assert.StartsWith("TooManyRequests", answers[0][^1], StringComparison.Ordinal);

        // A code opens its own dispute alone, and the claimant's does not answer for the holder.
        identity.Time.Advance(TimeSpan.FromHours(2));
        using var claimant = new Applicant(identity, open.Person);
        Assert.NotEqual(HttpStatusCode.Found, (await claimant.FillAsync("/disputes", ("Number", slip.Slip!), ("Code", opened.Code))).StatusCode);
        Assert.Equal("/disputes/mine", (await claimant.FillAsync("/disputes", ("Number", opened.Number), ("Code", opened.Code))).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Conflict, (await claimant.FillAsync("/disputes", "/disputes/mine", ("Answer", "agree"), ("Text", "样例：冒充持有人答复"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await claimant.FillAsync("/recover/ticket", ("IdNumber", open.Person.IdNumber), ("Ticket", opened.Code))).StatusCode);

        // A slip of another's account does not open this one; one registration gives one slip.
        using var again = await Officer.SignInAsync(identity, "counter-one");
        Assert.Equal(HttpStatusCode.Conflict, (await again.FillAsync("/console/disputes/new", "", open.Form(("Slip", "")))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await again.FillAsync("/console/disputes/new", "", slip.Form(("Slip", opened.Number)))).StatusCode);
        await slip.Claimant.FinishAsync();
        Assert.Equal(1, await identity.RowsAsync($"\"Disputes\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(slip.Person.IdNumber)}'"));

        // Whoever did not get so far in a registration has no slip.
        using var stranger = await Applicant.NewAsync(identity);
        Assert.DoesNotContain("id=\"slip\"", await stranger.ReadAsync("/register/taken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_shows_pages_and_finds_by_number_without_names_in_addresses()
    {
        using var quarrel = await Quarrel.NewAsync(identity);
        using var first = await Officer.SignInAsync(identity, "counter-one");
        var opened = await quarrel.OpenAsync(first);
        Assert.Contains(opened.Number, await first.ReadAsync("/console/disputes"), StringComparison.Ordinal);
        Assert.DoesNotContain(opened.Number, await first.ReadAsync("/console/disputes?state=Rejected"), StringComparison.Ordinal);
        foreach (var text in (string[])[opened.Number, opened.Number.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant(), quarrel.Person.IdNumber])
        {
            var found = await Officer.TextAsync(await first.FillAsync("/console/disputes", "", ("Text", text)));
            Assert.Contains(opened.Address, found, StringComparison.Ordinal);
            Assert.DoesNotContain(quarrel.Person.Name, found, StringComparison.Ordinal);
        }

        Assert.Contains("没有争议", await Officer.TextAsync(await first.FillAsync("/console/disputes", "", ("Text", "ABCDE-FGHJK"))), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await first.FillAsync("/console/disputes", "", ("Text", "%"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await first.GetAsync("/console/disputes?state=Asked")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await first.GetAsync("/console/disputes?before=x")).StatusCode);
        Assert.DoesNotContain(opened.Number, await first.ReadAsync($"/console/disputes?before={opened.Address.Split('/')[^1]}"), StringComparison.Ordinal);
    }

    private async Task<long> DisputesAsync(Quarrel quarrel) => await identity.RowsAsync($"\"Disputes\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(quarrel.Person.IdNumber)}'");

    private async Task<string> StateAsync(Quarrel quarrel) => await identity.ReadAsync($"SELECT \"State\" FROM \"Disputes\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(quarrel.Person.IdNumber)}'");
}

[Collection(OnSqlite.Name)]
public sealed class DisputeAttacksOnSqlite(SqliteIdentity identity) : DisputeAttackSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class DisputeAttacksOnPostgres(PostgresIdentity identity) : DisputeAttackSuite(identity);
