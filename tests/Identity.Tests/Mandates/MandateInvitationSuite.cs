using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>How often somebody is invited: an invitation rings the phone of whoever has that ID number, and the inviter need not know them.</summary>
public abstract class MandateInvitationSuite(IdentityFixture identity)
{
    private const string Waits = "发给该证件号的邀请尚待答复";

    [Fact]
    public async Task One_invitation_to_a_number_waits_at_a_time_whether_or_not_the_number_has_an_account()
    {
        using var company = await Company.NewAsync(identity);
        using var known = await Applicant.RegisteredAsync(identity);
        var stranger = await identity.Sandbox.NextPersonAsync();
        foreach (var person in (SyntheticPerson[])[known.Person, stranger])
        {
            var first = await company.InviteAsync(person);
            Assert.Equal(first, await company.InviteAsync(person));
            foreach (var change in ((string, string)[])[("Powers", "pay"), ("SubDelegate", "true"), ("Name", "别名样例")])
            {
                var refused = await company.TryInviteAsync(person, change);
                Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
                Assert.Contains(Waits, await Applicant.TextAsync(refused), StringComparison.Ordinal);
            }

            // Whoever wants other terms takes the first back.
            Company.Expect(await Company.ActAsync(company.Representative, first, "Revoke"));
            Assert.NotEqual(first, await company.InviteAsync(person, ("Powers", "pay")));
        }

        Assert.Equal(4, await MandatesAsync(company));
        Assert.Equal(2, await MandatesAsync(company, "AND \"State\" = 'Invited'"));
    }

    [Fact]
    public async Task Of_invitations_sent_at_once_one_is_made()
    {
        using var company = await Company.NewAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => company.TryInviteAsync(person)));
        Assert.Single(answers.Select(Company.Created).Distinct());
        Assert.Equal(1, await MandatesAsync(company));
    }

    [Fact]
    public async Task Whom_others_invited_an_agent_is_not_told_when_he_passes_a_part_on()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        var address = $"/account/mandates/{await company.EmpowerAsync(agent, ("SubDelegate", "true"))}/pass-on";
        await company.InviteAsync(person);
        var part = Company.Created(await PassOnAsync(("Powers", "apply")));
        Assert.Equal(part, Company.Created(await PassOnAsync(("Powers", "apply"))));
        var refused = await PassOnAsync(("Powers", "receive"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(Waits, await Applicant.TextAsync(refused), StringComparison.Ordinal);

        Task<HttpResponseMessage> PassOnAsync((string, string) terms) => Company.PostAsync(agent, address, Company.Form(identity.Time.GetUtcNow(), person, terms));
    }

    [Fact]
    public async Task Three_invitations_a_day_ring_a_phone_and_all_stand_on_the_page()
    {
        using var company = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        using var invited = await Applicant.RegisteredAsync(identity);
        for (var i = 0; i < 5; i++)
        {
            // To the inviter each is as the first.
            var from = i == 2 ? other : company;
            var mandate = await from.InviteAsync(invited.Person);
            Company.Expect(await Company.ActAsync(from.Representative, mandate, "Revoke"));
            await Company.ToldAsync(identity, mandate);
        }

        var texts = (await identity.Sandbox.MessagesAsync(invited.Person.Phone)).FindAll(m => m.Purpose == "mandate-notice");
        Assert.Equal(3, texts.Count);
        Assert.All(texts, m => Assert.Contains("待您确认", m.Text, StringComparison.Ordinal));
        var notices = await invited.ReadAsync("/account/notices");
        Assert.Equal(5, notices.Split("的经办授权等待您接受。").Length - 1);
        Assert.Equal(5, notices.Split("的经办授权已撤销。").Length - 1);

        // A day later.
        await identity.ExecuteAsync($"UPDATE \"Notices\" SET \"CreatedAt\" = '2020-01-01 00:00:00' WHERE \"AccountId\" = '{await identity.KeyOfAsync(invited.Person.IdNumber)}'");
        await company.InviteAsync(invited.Person);
        await identity.WaitForMessagesAsync(invited.Person.Phone, "mandate-notice", 4);
    }

    [Fact]
    public async Task Who_invites_without_end_is_stopped_and_others_are_not()
    {
        using var company = await Company.NewAsync(identity);
        using var other = await Company.NewAsync(identity);
        var person = await identity.Sandbox.NextPersonAsync();
        (string, string)[] form = [.. company.Form(person).Select(f => (f.Key, f.Value))];
        HttpResponseMessage? stopped = null;
        var sent = 0;
        while (stopped is null && sent <= 100)
        {
            var answer = await Company.SendAsync(company.Representative, company.Agents + "/new", form);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                stopped = answer;
                break;
            }

            Company.Created(answer);
            sent++;
        }

        // Fifty in an hour; the hour is common to all, and around its turn it may be twice as many.
        Assert.NotNull(stopped);
        Assert.InRange(sent, 50, 100);
        Assert.Contains("邀请次数过多", await Applicant.TextAsync(stopped), StringComparison.Ordinal);
        Company.Created(await other.TryInviteAsync(person));
    }

    private Task<long> MandatesAsync(Company company, string condition = "") =>
        identity.RowsAsync($"\"Mandates\" WHERE upper(CAST(\"OrganisationId\" AS TEXT)) = '{company.Id.ToString().ToUpperInvariant()}' {condition}");
}

[Collection(OnSqlite.Name)]
public sealed class MandateInvitationsOnSqlite(SqliteIdentity identity) : MandateInvitationSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class MandateInvitationsOnPostgres(PostgresIdentity identity) : MandateInvitationSuite(identity);
