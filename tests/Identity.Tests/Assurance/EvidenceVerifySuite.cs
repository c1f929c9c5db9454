using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>What <c>yinxin audit verify</c> finds with the database alone. On servers of its own: other tests edit evidence too.</summary>
public abstract class EvidenceVerifySuite(IdentityFixture identity)
{
    [Fact]
    public async Task What_the_law_erases_leaves_everything_whole_and_each_touch_is_named_with_subject_and_place()
    {
        // An organisation, an account that was closed and erased, accounts that a city handed over (on PostgreSQL by COPY).
        using var company = await Company.NewAsync(identity);
        using var leaver = await RaisedAsync();
        var left = await KeyAsync(leaver);
        await leaver.FillAsync("/account/close", ("Understood", "true"));
        identity.Time.Advance(TimeSpan.FromDays(AccountClosing.WaitDays).Add(TimeSpan.FromMinutes(1)));
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountClosing>().FinishAsync(left, CancellationToken.None);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"ReceiptCipher\" IS NOT NULL AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{left}'"));
        var rows = Enumerable.Range(0, 600).Select(_ => HandedOver.NewRow()).ToList();
        rows.ForEach(row => row["evidence"] = ((string[])["population-match", "phone-otp", "counter"]).Select(kind => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-9) }));
        Assert.Equal("600", (await HandedOver.SendAsync(identity, Guid.NewGuid(), "hefei", string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)))))["created"]);
        var people = new List<Guid>();
        for (var i = 0; i < 8; i++)
        {
            using var person = await RaisedAsync();
            people.Add(await KeyAsync(person));
            if (i == 6)
            {
                Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "unionpay-card")));
            }
        }

        var whole = await VerifyAsync();
        Assert.Empty(whole.Faults);
        Assert.Equal(await identity.CountAsync("Evidence"), whole.Records);

        await DeleteAsync(people[0], "\"Place\" = 4");
        await DeleteAsync(people[1], "1 = 1");
        await Forger.AddAsync(identity, people[2]);
        await Forger.AddAsync(identity, people[3], linked: false);
        await Forger.RewriteAsync(identity, people[4], 2);
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"AssuredBy\" = 'x' WHERE \"Place\" = 3 AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{people[5]}'");
        await DeleteAsync(people[6], "\"State\" = 'Revoked'");

        // In upper case the forged note comes before the server's own where a database orders by bytes.
        await Forger.RewriteAsync(identity, people[7], 2);
        await Forger.NoteAsync(identity, people[7], people[7].ToString().ToUpperInvariant());
        List<(Guid, int, string)> expected =
        [
            (people[0], 4, "removed"), (people[1], 1, "removed"), (people[2], 5, "unrecorded"), (people[3], 5, "unrecorded"), (people[4], 2, "edited"), (people[5], 3, "edited"), (people[6], 5, "removed"),
            (people[7], 0, "misspelled"), (people[7], 2, "edited"),
        ];
        var touched = await VerifyAsync();
        Assert.Equal(expected.Order(), touched.Faults.Order());
    }

    [Fact]
    public async Task What_is_saved_long_after_it_was_noted_has_the_time_of_its_place_in_the_audit()
    {
        await using var early = identity.Services.CreateAsyncScope();
        var slow = early.ServiceProvider.GetRequiredService<IdentityContext>();
        AuditNotes.Add(slow, new AuditEntry("sample.slow", SubjectId: null, ActorId: null), http: null, identity.Time);
        identity.Time.Advance(TimeSpan.FromMinutes(20));
        await using (var late = identity.Services.CreateAsyncScope())
        {
            var quick = late.ServiceProvider.GetRequiredService<IdentityContext>();
            AuditNotes.Add(quick, new AuditEntry("sample.quick", SubjectId: null, ActorId: null), http: null, identity.Time);
            await quick.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await slow.SaveChangesAsync(TestContext.Current.CancellationToken);
        var times = await slow.Set<AuditRecord>().AsNoTracking().Where(r => r.Action == "sample.quick" || r.Action == "sample.slow").OrderBy(r => r.Sequence).Select(r => r.At)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, times.Count);
        Assert.True(times[1] >= times[0], $"{times[1]:O} after {times[0]:O}");
        var verifier = early.ServiceProvider.GetRequiredService<AuditVerifier>();
        Assert.Empty((await verifier.VerifyAsync(TestContext.Current.CancellationToken)).Faults);
    }

    private Task<(long Records, IReadOnlyList<(Guid Subject, int Place, string Kind)> Faults)> VerifyAsync() =>
        IdentityServerApp.VerifyEvidenceAsync(identity.Database.Provider, identity.Database.Source, TestContext.Current.CancellationToken);

    private async Task<Applicant> RaisedAsync()
    {
        var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard))).StatusCode);
        return applicant;
    }

    private async Task<Guid> KeyAsync(Applicant applicant) => Guid.Parse(await identity.KeyOfAsync(applicant.Person.IdNumber));

    private Task DeleteAsync(Guid subject, string which) => identity.ExecuteAsync($"DELETE FROM \"Evidence\" WHERE {which} AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{subject}'");
}

public sealed class EvidenceVerifyOnSqlite(SqliteIdentity identity) : EvidenceVerifySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class EvidenceVerifyOnPostgres(PostgresIdentity identity) : EvidenceVerifySuite(identity), IClassFixture<PostgresIdentity>;
