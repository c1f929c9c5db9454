using System.Globalization;
using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Disputes;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What an official saw becomes a record later than it was seen: by a ticket that is spent, by a dispute that is decided.</summary>
public abstract class CounterInFlightSuite(IdentityFixture identity)
{
    [Fact]
    public async Task What_a_convicted_official_had_begun_carries_nothing_after_their_checks_were_taken_back()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var quarrel = await Quarrel.NewAsync(identity);
        using var convicted = await Officer.SignInAsync(identity, "counter-two");
        var opened = await quarrel.OpenAsync(convicted);
        await AnswerAsync(quarrel, opened);
        var ticket = await TicketAsync("counter-two", owner);

        // They checked nobody: what they have begun is reason enough.
        var key = (await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'counter-two'")).ToLowerInvariant();
        using var first = await Officer.SignInAsync(identity, "security");
        using var second = await Officer.SignInAsync(identity, "security-second");
        var since = identity.Time.GetUtcNow().AddDays(-1).ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var made = await first.FillAsync($"/console/staff/{key}/counter-evidence", "", ("Since", since), ("Reason", "counter-conviction"), ("Explanation", "样例：判决书"));
        Assert.True(made.StatusCode == HttpStatusCode.Found, await Officer.TextAsync(made));
        Assert.Equal(HttpStatusCode.Found, (await second.DecideAsync(made.Headers.Location!.OriginalString, "approve")).StatusCode);

        using var holder = new Forgetful(identity, owner.Person);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await holder.FillAsync("/recover/ticket", ("IdNumber", owner.Person.IdNumber), ("Ticket", ticket))).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'counter.ticketsEnded' AND \"SubjectId\" = '{key}'"));

        using var honest = await Officer.SignInAsync(identity, "counter-one");
        Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(honest, opened.Address, "grant")).StatusCode);
        Assert.Equal(0, await CounterRecordsAsync(quarrel.Person));

        // What an honest one has seen is a record as before.
        await SpendAsync(owner.Person, await TicketAsync("counter-one", owner));
        Assert.Equal(1, await CounterRecordsAsync(owner.Person));
    }

    [Fact]
    public async Task What_was_seen_before_it_became_a_record_leaves_the_levels_of_between_as_they_were()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var quarrel = await Quarrel.NewAsync(identity);
        Quarrel.Opened opened;
        using (var counter = await Officer.SignInAsync(identity, "counter-one"))
        {
            opened = await quarrel.OpenAsync(counter);
        }

        await AnswerAsync(quarrel, opened);
        var ticket = await TicketAsync("counter-one", owner);
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        var between = identity.Time.GetUtcNow();
        var (was, wasDisputed) = (await LevelAsync(owner.Person, between), await LevelAsync(quarrel.Person, between));
        identity.Time.Advance(TimeSpan.FromMinutes(10));
        await SpendAsync(owner.Person, ticket);
        using (var security = await Officer.SignInAsync(identity, "security"))
        {
            Assert.Equal(HttpStatusCode.OK, (await Quarrel.DecideAsync(security, opened.Address, "grant")).StatusCode);
        }

        Assert.Equal((1L, 1L), (await CounterRecordsAsync(owner.Person), await CounterRecordsAsync(quarrel.Person)));
        Assert.Equal((was, wasDisputed), (await LevelAsync(owner.Person, between), await LevelAsync(quarrel.Person, between)));
        Assert.NotEqual(was, await LevelAsync(owner.Person, identity.Time.GetUtcNow()));
        Assert.NotEqual(wasDisputed, await LevelAsync(quarrel.Person, identity.Time.GetUtcNow()));
    }

    private async Task AnswerAsync(Quarrel quarrel, Quarrel.Opened opened)
    {
        await quarrel.Holder.FillAsync("/disputes", ("Number", opened.Number), ("Code", await quarrel.HolderCodeAsync(identity)));
        var answered = await quarrel.Holder.FillAsync("/disputes/mine", ("Answer", "contradict"), ("Text", "样例：这是我本人注册的账号"));
        Assert.Equal("/disputes/mine", answered.Headers.Location?.OriginalString);
    }

    private async Task<string> TicketAsync(string official, Applicant owner)
    {
        var window = await Official.SignInAsync(identity, official, "identity.counter");
        var issued = await window.PostAsync("/api/counter-recoveries", new { owner.Person.IdNumber, owner.Person.Name, hall = "样例政务服务大厅", window = "3", documentChecked = true });
        Assert.Equal(HttpStatusCode.Created, issued.Status);
        return issued["ticket"]!;
    }

    private async Task SpendAsync(SyntheticPerson person, string ticket)
    {
        using var rightful = new Forgetful(identity, person);
        Assert.Equal("/recover/phone", (await rightful.FillAsync("/recover/ticket", ("IdNumber", person.IdNumber), ("Ticket", ticket))).Headers.Location?.OriginalString);
        await rightful.NewPhoneAsync(person.Phone);
        await rightful.TypeCodeAsync(await identity.WaitForCodeAsync(person.Phone, "recovery-new"));
        Assert.Equal("/recover/done", (await rightful.FinishAsync()).Headers.Location?.OriginalString);
    }

    private async Task<string?> LevelAsync(SyntheticPerson person, DateTimeOffset at)
    {
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        return (await auditor.GetAsync($"/api/accounts/{await identity.KeyOfAsync(person.IdNumber)}/grade?at={Uri.EscapeDataString(at.ToString("O", CultureInfo.InvariantCulture))}"))["level"];
    }

    private async Task<long> CounterRecordsAsync(SyntheticPerson person) =>
        await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'counter' AND \"SubjectId\" = '{await identity.KeyOfAsync(person.IdNumber)}'");
}

public sealed class CounterInFlightOnSqlite(SqliteIdentity identity) : CounterInFlightSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class CounterInFlightOnPostgres(PostgresIdentity identity) : CounterInFlightSuite(identity), IClassFixture<PostgresIdentity>;
