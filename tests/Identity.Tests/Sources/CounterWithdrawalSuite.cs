using System.Globalization;
using System.Net;
using Xunit;
using Yinxin.Identity.Server.Features.Counter.Withdrawals;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What an official checked falsely at a counter is taken back by two others: one record, or all of theirs.</summary>
public abstract class CounterWithdrawalSuite(IdentityFixture identity)
{
    private const string Intermediate = "id=\"level\">中级";
    private const string Primary = "id=\"level\">初级";

    [Fact]
    public async Task One_check_of_a_person_is_taken_back_by_two_officials_and_the_person_is_told()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        var window = await Official.SignInAsync(identity, "counter-one", "identity.counter");
        await VerifyAsync(window, citizen.Person);
        Assert.Contains(Intermediate, await citizen.ReadAsync("/account"), StringComparison.Ordinal);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var evidence = await EvidenceAsync(citizen);
        var page = $"/console/counter-evidence/{evidence}";
        Assert.Contains($"href=\"{page}\"", await first.ReadAsync($"/console/accounts/{await first.FindAsync("IdNumber", citizen.Person.IdNumber)}"), StringComparison.Ordinal);

        // Who may not propose: a citizen, an auditor, a system administrator.
        Assert.Equal(HttpStatusCode.Forbidden, (await citizen.Browser.GetAsync(page)).StatusCode);
        foreach (var name in (string[])["auditor", "system"])
        {
            using var other = await Officer.SignInAsync(identity, name);
            Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await other.ForgeAsync(page, ("Reason", "counter-false"), ("Explanation", "样例：核验不实"))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await first.GetAsync($"/console/counter-evidence/{Guid.NewGuid()}")).StatusCode);
        foreach (var (reason, explanation) in (IEnumerable<(string, string)>)[("", "样例：核验不实"), ("duty", "样例：核验不实"), ("counter-false", "短")])
        {
            var refused = await first.FillAsync(page, "", ("Reason", reason), ("Explanation", explanation));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(explanation, await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        var proposal = await ProposeAsync(first, page);
        Assert.Equal(HttpStatusCode.Conflict, (await first.ForgeAsync(page, ("Reason", "counter-false"), ("Explanation", "样例：再次提出"))).StatusCode);
        Assert.Contains("郑样例", await second.ReadAsync(proposal + "/counter-evidence"), StringComparison.Ordinal);

        // No freeze waits for it.
        var account = await first.FindAsync("IdNumber", citizen.Person.IdNumber);
        Assert.Contains($"href=\"/console/accounts/{account}/freeze\"", await first.ReadAsync($"/console/accounts/{account}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(await first.ProposeAsync(account), "refuse")).StatusCode);

        // Nobody decides what they proposed, no counter officer decides at all, and until then nothing changes.
        var own = await first.DecideAsync(proposal, "approve");
        Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
        Assert.Contains("不能复核自己提出的申请", await Officer.TextAsync(own), StringComparison.Ordinal);
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync(proposal, ("Decision", "approve"), ("Note", "样例：自行复核"))).StatusCode);
        Assert.Contains(Intermediate, await citizen.ReadAsync("/account"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Contains(Primary, await citizen.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("窗口的一项核验已被撤销", await citizen.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await UntilAsync(async () => (await identity.Sandbox.MessagesAsync(citizen.Person.Phone)).Exists(m => m.Text.Contains("窗口的一项核验已被撤销", StringComparison.Ordinal)));
        Assert.Equal(1, await WithdrawnAsync(await identity.KeyOfAsync(citizen.Person.IdNumber)));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'evidence.counterWithdrawn' AND \"Details\" LIKE '%{evidence}%'"));

        // Once.
        Assert.Equal(HttpStatusCode.Conflict, (await first.ForgeAsync(page, ("Reason", "counter-false"), ("Explanation", "样例：再次提出"))).StatusCode);
    }

    [Fact]
    public async Task What_was_replaced_before_the_decision_cannot_be_taken_back_any_more()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        var window = await Official.SignInAsync(identity, "counter-one", "identity.counter");
        await VerifyAsync(window, citizen.Person);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var proposal = await ProposeAsync(first, $"/console/counter-evidence/{await EvidenceAsync(citizen)}");
        await VerifyAsync(window, citizen.Person);
        var refused = await second.DecideAsync(proposal, "approve");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("不再有效", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Contains("待复核", await second.ReadAsync(proposal), StringComparison.Ordinal);
        Assert.Contains(Intermediate, await citizen.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_check_of_somebody_who_closed_their_account_can_be_taken_back_too()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        await VerifyAsync(await Official.SignInAsync(identity, "counter-one", "identity.counter"), citizen.Person);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var (evidence, subject) = (await EvidenceAsync(citizen), await identity.KeyOfAsync(citizen.Person.IdNumber));
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"ClosedAt\" = '2026-01-01 00:00:00' WHERE \"Id\" = '{subject}'");
        var proposal = await ProposeAsync(first, $"/console/counter-evidence/{evidence}");
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal(1, await WithdrawnAsync(subject));
    }

    [Fact]
    public async Task All_that_a_convicted_official_checked_is_taken_back_in_batches_of_both_kinds_and_nobody_elses()
    {
        using var citizen = await Applicant.RegisteredAsync(identity);
        using var honest = await Applicant.RegisteredAsync(identity);
        using var company = await Company.NewAsync(identity, proven: false);
        var convicted = await Official.SignInAsync(identity, "counter-two", "identity.counter");

        // More than a batch holds; each check of one person takes the place of the former one.
        for (var i = 0; i < WithdrawnChecks.RecordsAtOnce + 3; i++)
        {
            await VerifyAsync(convicted, citizen.Person);
        }

        await VerifyAsync(convicted, company.Representative.Person, "/organisations", company.Organisation.Uscc);
        await VerifyAsync(await Official.SignInAsync(identity, "counter-one", "identity.counter"), honest.Person);
        Assert.Contains("中级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // The account is closed first, as it is after a conviction.
        var key = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'counter-two'")).ToLowerInvariant();
        using var system = await Officer.SignInAsync(identity, "system");
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync($"/console/staff/{key}", "Close", ("Explanation", "样例：违法被查处"))).StatusCode);
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        using var counter = await Officer.SignInAsync(identity, "counter-one");
        var page = $"/console/staff/{key}/counter-evidence";
        var today = Day(identity.Time.GetUtcNow());
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await counter.ForgeAsync(page, ("Since", today), ("Reason", "counter-conviction"), ("Explanation", "样例：判决书"))).StatusCode);
        foreach (var since in (string[])["", "2026-02-31", Day(identity.Time.GetUtcNow().AddDays(2))])
        {
            var refused = await first.FillAsync(page, "", ("Since", since), ("Reason", "counter-conviction"), ("Explanation", "样例：判决书"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("样例：判决书", await Officer.TextAsync(refused), StringComparison.Ordinal);
        }

        var proposal = await ProposeAsync(first, page, ("Since", today), ("Reason", "counter-conviction"));
        Assert.Equal(HttpStatusCode.Forbidden, (await first.DecideAsync(proposal, "approve")).StatusCode);
        Assert.Equal(0, await identity.CountAsync("CounterWithdrawals"));
        Assert.Contains(Intermediate, await citizen.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(proposal, "approve")).StatusCode);

        var progress = proposal + "/counter-evidence";
        await UntilAsync(async () => (await second.ReadAsync(progress)).Contains("已完成", StringComparison.Ordinal));
        Assert.Contains($"已处理 {WithdrawnChecks.RecordsAtOnce + 4} / {WithdrawnChecks.RecordsAtOnce + 4}，撤销 2", await second.ReadAsync(progress), StringComparison.Ordinal);
        Assert.Contains(Primary, await citizen.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains(Intermediate, await honest.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains($"窗口的一项核验（{company.Organisation.Name}）已被撤销", await company.Representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync("\"AuditRecords\" WHERE \"Action\" = 'counter.withdrawalDone'"));

        // A node that died after a batch, before its mark: the batch is looked at again, and nothing is taken back or told twice.
        await identity.ExecuteAsync("UPDATE \"CounterWithdrawals\" SET \"State\" = 'Running', \"Cursor\" = NULL, \"EndedAt\" = NULL");
        await UntilAsync(async () => await identity.RowsAsync("\"CounterWithdrawals\" WHERE \"State\" = 'Done' AND \"Withdrawn\" = 2") == 1);
        Assert.Equal(1, await WithdrawnAsync(await identity.KeyOfAsync(citizen.Person.IdNumber)));
        Assert.Equal(1, await identity.RowsAsync($"\"Notices\" WHERE \"Kind\" = 'counter-withdrawn' AND \"AccountId\" = '{await identity.KeyOfAsync(citizen.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task What_a_counter_proved_of_an_organisation_ends_by_itself_after_its_time()
    {
        using var company = await Company.NewAsync(identity, proven: false);
        await VerifyAsync(await Official.SignInAsync(identity, "counter-one", "identity.counter"), company.Representative.Person, "/organisations", company.Organisation.Uscc);
        Assert.Contains("中级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        var row = $"\"Kind\" = 'counter' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{company.Id}'";
        var until = DateTimeOffset.Parse(await identity.ReadAsync($"SELECT CAST(\"ValidUntil\" AS TEXT) FROM \"Evidence\" WHERE {row}"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(until, identity.Time.GetUtcNow().AddYears(5).AddDays(-1), identity.Time.GetUtcNow().AddYears(5).AddDays(1));
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE {row}");
        Assert.DoesNotContain("中级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains("初级", await company.Representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    private static async Task VerifyAsync(Official official, SyntheticPerson person, string path = "", string? uscc = null)
    {
        var answer = await official.PostAsync("/api/counter-verifications" + path, new { person.IdNumber, person.Name, hall = "样例政务服务大厅", window = "3", documentChecked = true, uscc });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
    }

    private static async Task<string> ProposeAsync(Officer officer, string page, params (string Name, string Value)[] fields)
    {
        var made = await officer.FillAsync(page, "", [.. fields.Length == 0 ? [("Reason", "counter-false")] : fields, ("Explanation", "样例：经查核验不实")]);
        Assert.True(made.StatusCode == HttpStatusCode.Found, await Officer.TextAsync(made));
        return made.Headers.Location!.OriginalString;
    }

    private async Task<string> EvidenceAsync(Applicant citizen) => (await identity.ReadAsync(
        $"SELECT \"Id\" FROM \"Evidence\" WHERE \"Kind\" = 'counter' AND \"SubjectId\" = '{await identity.KeyOfAsync(citizen.Person.IdNumber)}' ORDER BY \"Place\" DESC LIMIT 1")).ToLowerInvariant();

    private Task<long> WithdrawnAsync(string subject) => identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'counter-withdrawn' AND \"State\" = 'Revoked' AND \"SubjectId\" = '{subject}'");

    private static string Day(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Waits for what the server does by itself, at most twenty seconds.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}

public sealed class CounterWithdrawalsOnSqlite(SqliteIdentity identity) : CounterWithdrawalSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class CounterWithdrawalsOnPostgres(PostgresIdentity identity) : CounterWithdrawalSuite(identity), IClassFixture<PostgresIdentity>;
