using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Evidence that only time takes away. On servers of its own: it moves the clock by years.</summary>
public abstract class EvidenceExpirySuite(IdentityFixture identity)
{
    private const string Hall = "样例市政务服务中心";

    [Fact]
    public async Task A_tax_account_carries_for_a_year_and_a_counter_for_five()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name))).StatusCode);
        var id = Regex.Match(await representative.ReadAsync("/account/organisations"), "step-up\\?Organisation=(?<id>[0-9a-f-]{36})", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        var taxPage = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync(taxPage, ("Account", organisation.TaxAccount))).StatusCode);
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var person = representative.Person;
        Assert.Equal(HttpStatusCode.Created, (await window.PostAsync("/api/counter-verifications", new { person.IdNumber, person.Name, hall = Hall, hallLevel = "city", window = "1", documentChecked = true })).Status);

        Assert.Equal(("中级", "中级"), await LevelsAfterAsync(person, 364));
        Assert.Equal(("中级", "初级"), await LevelsAfterAsync(person, 3));
        Assert.Equal(("中级", "初级"), await LevelsAfterAsync(person, (4 * 365) - 10));
        Assert.Equal(("初级", "初级"), await LevelsAfterAsync(person, 20));
    }

    [Fact]
    public async Task Each_way_online_carries_a_person_for_a_year_and_no_longer()
    {
        Dictionary<string, SyntheticPerson> people = new(StringComparer.Ordinal);
        foreach (var kind in (string[])["unionpay-card", "housing-fund-account", "alipay-account", "real-person"])
        {
            using var applicant = await Applicant.RegisteredAsync(identity);
            var raised = await RaisingActs.RaiseAsync(identity, applicant, kind);
            Assert.True(raised.StatusCode == HttpStatusCode.Found, await Applicant.TextAsync(raised));
            people.Add(kind, applicant.Person);
        }

        foreach (var (days, level) in (IEnumerable<(int, string)>)[(364, "中级"), (3, "初级")])
        {
            identity.Time.Advance(TimeSpan.FromDays(days));
            foreach (var (kind, person) in people)
            {
                Assert.Equal((kind, level), (kind, (await LevelsAfterAsync(person, 0)).Person));
            }
        }
    }

    /// <summary>Of the person and of the organisation, some days later.</summary>
    private async Task<(string Person, string Organisation)> LevelsAfterAsync(SyntheticPerson person, int days)
    {
        identity.Time.Advance(TimeSpan.FromDays(days));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(person.IdNumber, Applicant.Password)).StatusCode);
        return (Level(await browser.ReadAsync("/account"), "id=\"level\">"), Level(await browser.ReadAsync("/account/organisations"), "<span class=\"tag good\">"));
    }

    private static string Level(string page, string before)
    {
        var at = page.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? "" : page[(at + before.Length)..(at + before.Length + 2)];
    }
}

public sealed class EvidenceExpiryOnSqlite(SqliteIdentity identity) : EvidenceExpirySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class EvidenceExpiryOnPostgres(PostgresIdentity identity) : EvidenceExpirySuite(identity), IClassFixture<PostgresIdentity>;
