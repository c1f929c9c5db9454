using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>What <c>yinxin audit verify</c> finds of mandates with the database alone. On servers of its own: other tests edit mandates too.</summary>
public abstract class MandateVerifySuite(IdentityFixture identity)
{
    [Fact]
    public async Task What_happened_is_whole_and_each_touch_is_named_with_mandate_and_place()
    {
        // An agent who closed his account: what names him is erased.
        using var former = await Company.NewAsync(identity);
        using var leaver = await Applicant.RegisteredAsync(identity);
        await former.EmpowerAsync(leaver);
        var left = Guid.Parse(await identity.KeyOfAsync(leaver.Person.IdNumber));
        await leaver.FillAsync("/account/close", ("Understood", "true"));
        identity.Time.Advance(TimeSpan.FromDays(AccountClosing.WaitDays).Add(TimeSpan.FromMinutes(1)));
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountClosing>().FinishAsync(left, CancellationToken.None);
        }

        Assert.Equal(1, await identity.RowsAsync("\"Mandates\" WHERE \"State\" = 'Revoked' AND \"InvitedNumberMasked\" = ''"));
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        var kept = await company.EmpowerAsync(agent, ("SubDelegate", "true"), ("Reach", "categories"), ("Categories", "01"));
        Company.Expect(await Company.ActAsync(company.Representative, kept, "Suspend"));
        Company.Expect(await Company.ActAsync(company.Representative, kept, "Resume"));
        var form = Company.Form(identity.Time.GetUtcNow(), helper.Person, ("Powers", "apply"), ("Reach", "categories"), ("Categories", "01"));
        var part = Company.Created(await Company.PostAsync(agent, $"/account/mandates/{kept}/pass-on", form));
        Company.Expect(await Company.AcceptAsync(helper, part));
        var declined = await company.InviteAsync(agent.Person);
        Company.Expect(await Company.ActAsync(agent, declined, "Decline"));
        List<Guid> touched = [];
        for (var i = 0; i < 9; i++)
        {
            touched.Add(await company.EmpowerAsync(agent));
        }

        foreach (var revoked in (Guid[])[touched[3], touched[8]])
        {
            Company.Expect(await Company.ActAsync(company.Representative, revoked, "Revoke"));
        }

        var whole = await VerifyAsync();
        Assert.Empty(whole.Faults);
        Assert.Equal(await identity.CountAsync("MandateEvents"), whole.Records);

        // The row: a power, its time, whom it is for.
        await MandateForger.EditAsync(identity, touched[0], m => m.Powers = [.. m.Powers, "pay"]);
        await MandateForger.EditAsync(identity, touched[1], m => m.ValidTo = m.ValidTo.AddYears(1));
        var other = Guid.Parse(await identity.KeyOfAsync(helper.Person.IdNumber));
        await MandateForger.EditAsync(identity, touched[2], m => m.AgentId = other);

        // A revocation that never was; a record that nobody made; one that is not the noted one; a mandate that is gone; one that never was.
        await CutAsync(touched[3]);
        await MandateForger.EditAsync(identity, touched[4], m => (m.State, m.Version) = (MandateState.Suspended, 3));
        await MandateForger.AddStepAsync(identity, new MandateEvent
        {
            MandateId = touched[4],
            Sequence = 3,
            Act = "Suspend",
            At = identity.Time.GetUtcNow(),
            RecordCipher = "",
            Digest = new string('1', 64),
        });
        await MandateForger.EditStepAsync(identity, touched[5], 2, e => e.Digest = new string('1', 64));
        await MandateForger.RemoveAsync(identity, touched[6]);
        var invented = Assert.Single(await MandateForger.CopyAsync(identity, kept, 1));

        // A power that was added before the server signed the next record.
        await MandateForger.EditAsync(identity, touched[7], m => m.Powers = [.. m.Powers, "pay"]);
        Company.Expect(await Company.ActAsync(company.Representative, touched[7], "Suspend"));

        // Notes of an earlier release, without digests: places and what they left tell all the same.
        foreach (var (action, state, version) in ((string, string, int)[])[("invite", "Invited", 1), ("accept", "Active", 2), ("revoke", "Revoked", 3)])
        {
            await identity.ExecuteAsync(
                $$"""UPDATE "AuditRecords" SET "Details" = '{"organisation":"{{company.Id}}","state":"{{state}}","version":{{version}},"reason":null}' WHERE "SubjectId" = '{{touched[8]}}' AND "Action" = 'mandate.{{action}}'""");
        }

        Assert.DoesNotContain((await VerifyAsync()).Faults, f => f.Mandate == touched[8]);
        await CutAsync(touched[8]);
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
            AuditNotes.Add(database, new AuditEntry("mandate.revoke", kept.ToString().ToUpperInvariant(), ActorId: null, Details: new { version = 5 }), http: null, identity.Time);
            await database.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        List<(Guid, int, string)> expected =
        [
            (touched[0], 2, "row"), (touched[1], 2, "row"), (touched[2], 2, "row"), (touched[3], 3, "removed"), (touched[4], 3, "unrecorded"), (touched[5], 2, "edited"), (touched[6], 1, "removed"),
            (invented, 0, "unrecorded"), (touched[7], 3, "row"), (touched[8], 3, "removed"), (kept, 0, "misspelled"),
        ];
        Assert.Equal(expected.Order(), (await VerifyAsync()).Faults.Order());
    }

    /// <summary>Takes the last of three records away, and gives the mandate its power back.</summary>
    private async Task CutAsync(Guid mandate)
    {
        await MandateForger.RemoveStepAsync(identity, mandate, 3);
        await MandateForger.EditAsync(identity, mandate, m => (m.State, m.Version) = (MandateState.Active, 2));
    }

    private Task<(long Records, IReadOnlyList<(Guid Mandate, int Place, string Kind)> Faults)> VerifyAsync() =>
        IdentityServerApp.VerifyMandatesAsync(identity.Database.Provider, identity.Database.Source, TestContext.Current.CancellationToken);
}

public sealed class MandateVerifyOnSqlite(SqliteIdentity identity) : MandateVerifySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class MandateVerifyOnPostgres(PostgresIdentity identity) : MandateVerifySuite(identity), IClassFixture<PostgresIdentity>;
