using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What becomes of an organisation's level when the register names another representative: what the former one showed is not the new one's.</summary>
public abstract class FormerRepresentativeSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_former_representative_showed_carries_nothing_until_the_new_one_shows_it(bool reported)
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await former.FillAsync(TaxPage(id), ("Account", organisation.TaxAccount))).StatusCode);
        var window = await Official.SignInAsync(identity, "counter-one", "identity.counter");
        var seen = await window.PostAsync(
            "/api/counter-verifications/organisations", new { former.Person.IdNumber, former.Person.Name, organisation.Uscc, hall = "样例政务服务大厅", hallLevel = "city", window = "3", documentChecked = true });
        Assert.Equal((HttpStatusCode.Created, "intermediate"), (seen.Status, seen["level"]));

        var before = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromSeconds(2));

        // By the register's own word, or because the new one comes first.
        await SucceedAsync(organisation, successor.Person, reported);
        if (reported)
        {
            await Messages.UntilAsync(async () => (await successor.ReadAsync("/account/organisations")).Contains(organisation.Name, StringComparison.Ordinal));
        }
        else
        {
            Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(successor, organisation.Uscc, organisation.Name)).StatusCode);
        }

        var fallen = await successor.ReadAsync("/account/organisations");
        Assert.Contains("初级", fallen, StringComparison.Ordinal);
        Assert.DoesNotContain("中级", fallen, StringComparison.Ordinal);
        Assert.Equal(2, await identity.RowsAsync(TakenBack(id, "AND \"Kind\" IN ('counter', 'tax-account')")));
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var grade = await auditor.GetAsync($"/api/organisations/{id}/grade");
        Assert.Equal(("primary", "whole"), (grade["level"], grade["chain"]));
        Assert.Equal("intermediate", (await auditor.GetAsync($"/api/organisations/{id}/grade?at={Uri.EscapeDataString(before.ToString("O", CultureInfo.InvariantCulture))}"))["level"]);
        Assert.Contains("如有原法定代表人在窗口或用税务申报账户所做的核验，则不再有效", await successor.ReadAsync("/account/notices"), StringComparison.Ordinal);

        Assert.Equal("/account/organisations", (await successor.FillAsync(TaxPage(id), ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // The other word follows and changes nothing; who lost it was told by the first, and once.
        if (reported)
        {
            Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(successor, organisation.Uscc, organisation.Name)).StatusCode);
        }
        else
        {
            Assert.Equal("unchanged", await NameAsync(organisation, successor.Person, 1));
        }

        await identity.WaitForMessagesAsync(former.Person.Phone, "source-notice");
        var key = Guid.Parse(await identity.KeyOfAsync(former.Person.IdNumber));
        await Messages.UntilAsync(async () => await identity.RowsAsync($"\"OutboxMessages\" WHERE \"Kind\" = 'identity.sourceNotice' AND \"IdempotencyKey\" LIKE '%:{key:N}' AND \"DeliveredAt\" IS NULL") == 0);
        var text = Assert.Single(await identity.Sandbox.MessagesAsync(former.Person.Phone), m => m.Purpose == "source-notice").Text;
        Assert.Contains("您不能再以其名义办事", text, StringComparison.Ordinal);
        Assert.DoesNotContain(organisation.Name, text, StringComparison.Ordinal);
        Assert.DoesNotContain(identity.Issuer, text, StringComparison.Ordinal);
        var lost = $"登记机关已变更您所代表组织“{organisation.Name}”的法定代表人，您不能再以其名义办事。";
        Assert.Equal(1, (await former.ReadAsync("/account/notices")).Split(lost).Length - 1);
        former.Dispose();
    }

    [Fact]
    public async Task A_certificate_names_nobody_and_carries_the_organisation_under_its_next_representative_too()
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        await SignedChallenge.ProveAsync(former, id, trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256));
        Assert.Equal(HttpStatusCode.Found, (await former.FillAsync(TaxPage(id), ("Account", organisation.TaxAccount))).StatusCode);
        await SucceedAsync(organisation, successor.Person, reported: true);
        await Messages.UntilAsync(async () => (await successor.ReadAsync("/account/organisations")).Contains(organisation.Name, StringComparison.Ordinal));
        Assert.Contains("中级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(TakenBack(id, "AND \"Kind\" = 'tax-account'")));
        Assert.Equal(0, await identity.RowsAsync(TakenBack(id, "AND \"Kind\" = 'enterprise-certificate'")));
        former.Dispose();
    }

    [Fact]
    public async Task Who_is_named_again_after_another_shows_it_again()
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var newcomer = await Applicant.NewAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await former.FillAsync(TaxPage(id), ("Account", organisation.TaxAccount))).StatusCode);
        Assert.Equal("resting", await NameAsync(organisation, newcomer.Person, 1));
        Assert.Equal(1, await identity.RowsAsync(TakenBack(id, "AND \"Kind\" = 'tax-account'")));
        Assert.Equal("succeeded", await NameAsync(organisation, former.Person, 2));
        var page = await former.ReadAsync("/account/organisations");
        Assert.Contains("初级", page, StringComparison.Ordinal);
        Assert.DoesNotContain("中级", page, StringComparison.Ordinal);
        former.Dispose();
    }

    [Fact]
    public async Task What_a_former_representative_shows_too_late_is_nothing_of_the_new_ones()
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var successor = await Applicant.RegisteredAsync(identity);
        var form = await (await former.Browser.GetAsync(TaxPage(id))).Content.ReadAsStringAsync();
        await identity.Sandbox.FailAsync("/tax/v1/checks", "delay=2s", 1);
        var showing = former.Browser.SubmitAsync(TaxPage(id), form, ("Account", organisation.TaxAccount));
        Assert.Equal("succeeded", await NameAsync(organisation, successor.Person, 1));
        var answer = await showing;
        await identity.Sandbox.RecoverAsync();

        // Refused when the answer comes, or, where the change was quicker than the form, before anybody is asked; where the answer was quicker than the change, taken back by it.
        Assert.True(answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.Found, $"{answer.StatusCode}");
        Assert.Equal(answer.StatusCode == HttpStatusCode.Found ? 1 : 0, await identity.RowsAsync(TakenBack(id, "AND \"Kind\" = 'tax-account'")));
        Assert.DoesNotContain("中级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        former.Dispose();
    }

    private static string TaxPage(Guid organisation) => $"/account/organisations/tax-account?Organisation={organisation}&ReturnUrl=/account/organisations";

    private static string TakenBack(Guid organisation, string condition) =>
        $"\"Evidence\" WHERE \"Method\" = 'representative-changed' AND \"State\" = 'Superseded' AND \"AssuredBy\" = 'market' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{organisation}' {condition}";

    /// <summary>The register names another representative; all authorities know it from then on.</summary>
    private async Task SucceedAsync(SyntheticOrganisation organisation, SyntheticPerson successor, bool reported) =>
        (await identity.Sandbox.Http.PostAsJsonAsync(
            "/changes/v1/samples", new { kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.IdNumber, push = reported })).EnsureSuccessStatusCode();

    /// <summary>The register reports it, and nobody else knows.</summary>
    private Task<string> NameAsync(SyntheticOrganisation organisation, SyntheticPerson representative, int number) => AuthorityEvents.HappenAsync(
        identity, "market", id => new { id, number, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = representative.IdNumber });
}

[Collection(OnSqlite.Name)]
public sealed class FormerRepresentativesOnSqlite(SqliteIdentity identity) : FormerRepresentativeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class FormerRepresentativesOnPostgres(PostgresIdentity identity) : FormerRepresentativeSuite(identity);
