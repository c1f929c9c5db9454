using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>A source's answer that is under way while something changes about whom it was asked: whichever comes second sees the other, in every order.</summary>
public abstract class AnswerInFlightSuite(IdentityFixture identity, Crossing crossing)
{
    private const string Card = "/account/raise/bank-card";
    private const string Changed = "本次核验不作数";

    [Fact]
    public async Task What_a_representative_shows_while_another_registers_the_organisation_is_nothing_of_the_new_ones()
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);

        // The night's comparison has been: nobody reports anything by itself during this test, so that it is the registration alone that makes the answer void.
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<Reconciliation>().RunDueAsync(TestContext.Current.CancellationToken);
        }

        using var answer = crossing.HoldAnswer("/tax/v1/checks");
        var showing = former.FillAsync(TaxPage(id), ("Account", organisation.TaxAccount));
        await answer.ReachedAsync();
        (await identity.Sandbox.Http.PostAsJsonAsync(
            "/changes/v1/samples", new { kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber, push = false })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(successor, organisation.Uscc, organisation.Name)).StatusCode);
        answer.Release();

        await RefusedAsync(showing);
        Assert.Equal(0, await TaxRecordsAsync(id));
        Assert.DoesNotContain("中级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        former.Dispose();
    }

    [Fact]
    public async Task What_a_representative_shows_while_the_change_is_being_entered_is_nothing_of_the_new_ones()
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var form = await OpenAsync(former, TaxPage(id));
        using var change = crossing.HoldChange();
        using var answer = crossing.HoldAnswer("/tax/v1/checks");
        var succeeding = AuthorityEvents.HappenAsync(
            identity, "market", name => new { id = name, number = 1, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber });
        await change.ReachedAsync();

        // The change has its time, and the page still finds the former one there.
        var showing = former.Browser.SubmitAsync(TaxPage(id), form, ("Account", organisation.TaxAccount));
        await answer.ReachedAsync();
        change.Release();
        Assert.Equal("succeeded", await succeeding);
        answer.Release();

        await RefusedAsync(showing);
        Assert.Equal(0, await TaxRecordsAsync(id));
        former.Dispose();
    }

    [Fact]
    public async Task What_was_compared_with_the_former_name_while_the_new_one_was_being_entered_proves_nothing()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var form = await OpenAsync(owner, Card);
        using var change = crossing.HoldChange();
        using var answer = crossing.HoldAnswer("/bank-card/v1/checks");
        var renaming = RenameAsync(owner);
        await change.ReachedAsync();
        var showing = owner.Browser.SubmitAsync(Card, form, ("CardNumber", owner.Person.BankCard));
        await answer.ReachedAsync();
        change.Release();
        Assert.Equal("corrected", await renaming);
        answer.Release();

        await RefusedAsync(showing);
        Assert.Equal(0, await CardRecordsAsync(owner));
    }

    [Fact]
    public async Task What_is_known_before_anybody_is_asked_is_no_news()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
            identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = owner.Person.IdNumber, name = owner.Person.Name }));
        Assert.Equal(HttpStatusCode.Found, (await owner.FillAsync(Card, ("CardNumber", owner.Person.BankCard))).StatusCode);
        Assert.Equal(1, await CardRecordsAsync(owner));
    }

    [Fact]
    public async Task A_check_before_a_camera_does_not_begin_with_a_name_that_was_changed_since_the_page_was_read()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var consent = crossing.HoldConsent();
        var beginning = owner.FillAsync("/account/raise/real-person", ("Consent", "true"));
        await consent.ReachedAsync();
        Assert.Equal("corrected", await RenameAsync(owner));
        consent.Release();

        await RefusedAsync(beginning);
        Assert.Equal(0, await identity.RowsAsync($"\"OutsideSteps\" WHERE \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task An_organisation_is_registered_with_the_name_that_its_representative_had_when_the_news_were_counted()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var count = crossing.HoldCount();
        var registering = Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name);
        await count.ReachedAsync();
        Assert.Equal("corrected", await RenameAsync(representative));
        count.Release();

        // The registers are asked for the new name, of which these have not heard: they would have agreed to the former one.
        var refused = await registering;
        Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, $"{refused.StatusCode}");
        Assert.Contains("与登记机关或组织机构代码库不一致", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
    }

    private static string TaxPage(Guid organisation) => $"/account/organisations/tax-account?Organisation={organisation}&ReturnUrl=/account/organisations";

    private static async Task RefusedAsync(Task<HttpResponseMessage> sent)
    {
        var answer = await sent;
        Assert.True(answer.StatusCode == HttpStatusCode.Conflict, $"{answer.StatusCode}");
        Assert.Contains(Changed, await Applicant.TextAsync(answer), StringComparison.Ordinal);
    }

    /// <summary>The form. Its session is noted as used, which happens once a minute, so that sending it writes nothing of that kind: on SQLite that would wait for the change that is held.</summary>
    private async Task<string> OpenAsync(Applicant applicant, string page)
    {
        identity.Time.Advance(TimeSpan.FromMinutes(2));
        return await (await applicant.Browser.GetAsync(page)).Content.ReadAsStringAsync();
    }

    private Task<string> RenameAsync(Applicant owner) => AuthorityEvents.HappenAsync(
        identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = owner.Person.IdNumber, name = "样更名" });

    private Task<long> TaxRecordsAsync(Guid organisation) =>
        identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'tax-account' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{organisation}'");

    private async Task<long> CardRecordsAsync(Applicant owner) =>
        await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'unionpay-card' AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
}

public sealed class AnswersInFlightOnSqlite(CrossingOnSqlite identity) : AnswerInFlightSuite(identity, identity.Crossing), IClassFixture<CrossingOnSqlite>;

public sealed class AnswersInFlightOnPostgres(CrossingOnPostgres identity) : AnswerInFlightSuite(identity, identity.Crossing), IClassFixture<CrossingOnPostgres>;
