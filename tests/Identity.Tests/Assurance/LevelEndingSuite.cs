using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>What carries a level is shown with its end, renewed before it, and a month before somebody is told. On servers of its own: it moves the clock by years.</summary>
public abstract class LevelEndingSuite(IdentityFixture identity)
{
    private const string Card = "/account/raise/bank-card?ReturnUrl=%2Faccount";

    [Fact]
    public async Task A_person_sees_what_carries_the_level_and_until_when_and_renews_it_or_adds_to_it_while_it_is_reached()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.DoesNotContain(Card, await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        await RaiseAsync(applicant);
        var page = await applicant.ReadAsync("/account");
        Assert.Matches("身份信息与公安人口库一致 · 公安人口库 · \\d{4}年\\d+月\\d+日\\s", page);
        Assert.Matches("银行卡核验 · 银联 · \\d{4}年\\d+月\\d+日，有效至 \\d{4}年\\d+月\\d+日\\s+<a href=\"/account/raise/bank-card\\?ReturnUrl=%2Faccount\">续期", page);
        Assert.Contains("<a href=\"/account/raise/housing-fund?ReturnUrl=%2Faccount\">增加：住房公积金账户</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ends-soon", page, StringComparison.Ordinal);

        var reached = await applicant.ReadAsync("/account/step-up?ReturnUrl=%2Faccount");
        Assert.Contains("您的账号已达到中级", reached, StringComparison.Ordinal);
        Assert.Contains("<h1>续期或增加认证方式</h1>", reached, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Card}\"", reached, StringComparison.Ordinal);
        Assert.Contains("href=\"/account/raise/housing-fund?ReturnUrl=%2Faccount\"", reached, StringComparison.Ordinal);

        // A second way stands beside the first, and the same way anew takes the place of the former.
        Assert.Equal("/account", (await RaisingActs.RaiseAsync(identity, applicant, "housing-fund-account")).Headers.Location?.OriginalString);
        await RaiseAsync(applicant);
        page = await applicant.ReadAsync("/account");
        Assert.DoesNotContain("增加：住房公积金账户", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("银行卡核验 ·").Length);
        Assert.Equal(2, page.Split("公积金账户 ·").Length);
        var english = await applicant.ReadAsync("/account?lang=en");
        Assert.Contains("Bank card checked · UnionPay · ", english, StringComparison.Ordinal);
        Assert.Contains(">Renew<", english, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_level_ends_is_told_once_a_month_before_and_who_renews_it_neither_falls_nor_hears_of_it_again()
    {
        await using var node = await identity.StartSecondAsync(5, ("Addresses:Identity", identity.Issuer));
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var doubly = await Applicant.RegisteredAsync(identity);
        await RaiseAsync(applicant);
        await RaiseAsync(doubly);
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        Assert.Equal(HttpStatusCode.Created, (await window.PostAsync(
            "/api/counter-verifications", new { doubly.Person.IdNumber, doubly.Person.Name, hall = "样例市政务服务中心", hallLevel = "city", window = "1", documentChecked = true })).Status);

        identity.Time.Advance(TimeSpan.FromDays(330));
        await LookAsync(identity.Services);
        Assert.Equal((0L, 0L), (await ToldAsync(applicant), await ToldAsync(doubly)));
        identity.Time.Advance(TimeSpan.FromDays(10));
        await Task.WhenAll(LookAsync(identity.Services), LookAsync(node.Services));
        Assert.Equal((1L, 0L), (await ToldAsync(applicant), await ToldAsync(doubly)));
        await LookAsync(node.Services);
        identity.Time.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(LookAsync(identity.Services), LookAsync(node.Services));
        Assert.Equal((1L, 0L), (await ToldAsync(applicant), await ToldAsync(doubly)));

        using var owner = await SignedInAsync(applicant);
        Assert.Matches("您的“中级”认证将于 \\d{4}年\\d{1,2}月\\d{1,2}日 到期", await owner.ReadAsync("/account/notices"));
        Assert.Contains("ends-soon", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(Card, (await owner.Browser.StrengthenAsync(identity, owner.Person.Phone, Card)).Headers.Location?.OriginalString);
        await RaiseAsync(owner);
        Assert.DoesNotContain("ends-soon", await owner.ReadAsync("/account"), StringComparison.Ordinal);

        // The end that was told of passes.
        identity.Time.Advance(TimeSpan.FromDays(30));
        await LookAsync(identity.Services);
        Assert.Equal((1L, 0L), (await ToldAsync(applicant), await ToldAsync(doubly)));
        using var later = await SignedInAsync(applicant);
        Assert.Contains("id=\"level\">中级", await later.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.DoesNotContain("您的认证等级变为“初级”", await later.ReadAsync("/account/notices"), StringComparison.Ordinal);

        // A year after the renewal it is another end.
        identity.Time.Advance(TimeSpan.FromDays(310));
        await Task.WhenAll(LookAsync(identity.Services), LookAsync(node.Services));
        Assert.Equal((2L, 0L), (await ToldAsync(applicant), await ToldAsync(doubly)));
        using var last = await SignedInAsync(applicant);
        Assert.Contains("What carries your level “Intermediate” ends on ", await last.ReadAsync("/account/notices?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_organisation_its_legal_representative_is_told_and_renews_it()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        using var former = representative;
        var form = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=%2Faccount%2Forganisations";
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync(form, ("Account", organisation.TaxAccount))).StatusCode);
        var page = await representative.ReadAsync("/account/organisations");
        Assert.Matches("与组织机构代码库一致 · 组织机构代码库 · \\d{4}年\\d+月\\d+日\\s", page);
        Assert.Matches("税务申报账户 · 税务部门 · \\d{4}年\\d+月\\d+日，有效至 \\d{4}年\\d+月\\d+日", page);
        Assert.Contains($"<a href=\"{form}\">续期", page, StringComparison.Ordinal);
        Assert.Contains("增加：企业数字证书", page, StringComparison.Ordinal);
        Assert.Contains("续期或增加认证方式", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{form}\"", await representative.ReadAsync($"/account/step-up?Organisation={id}&ReturnUrl=/account/organisations"), StringComparison.Ordinal);

        identity.Time.Advance(TimeSpan.FromDays(340));
        await LookAsync(identity.Services);
        await LookAsync(identity.Services);
        Assert.Equal(1, await ToldAsync(representative));
        using var head = await SignedInAsync(representative);
        Assert.Matches($"您担任法定代表人的组织“{Regex.Escape(organisation.Name)}”的“中级”认证将于 \\d{{4}}年\\d{{1,2}}月\\d{{1,2}}日 到期", await head.ReadAsync("/account/notices"));
        Assert.Contains("ends-soon", await head.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(form, (await head.Browser.StrengthenAsync(identity, head.Person.Phone, form)).Headers.Location?.OriginalString);
        Assert.Equal("/account/organisations", (await head.FillAsync(form, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.DoesNotContain("ends-soon", await head.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        identity.Time.Advance(TimeSpan.FromDays(30));
        await LookAsync(identity.Services);
        Assert.Equal(1, await ToldAsync(representative));
        using var later = await SignedInAsync(representative);
        Assert.Contains("中级", await later.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_register_said_is_renewed_by_registering_anew_where_a_policy_lets_it_end()
    {
        // A society: its register's kind is not the first of the ladder.
        var society = await identity.Sandbox.InstitutionAsync(1);
        using var representative = await Applicant.RegisteredAsync(identity, society.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, society.Uscc, society.Name)).StatusCode);
        var id = (await identity.ReadAsync($"SELECT \"Id\" FROM \"Organisations\" WHERE \"Uscc\" = '{society.Uscc}'")).ToLowerInvariant();
        var renewed = $"\"Evidence\" WHERE \"Kind\" = 'civil-affairs-registry-match' AND \"Supersedes\" IS NOT NULL AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'";

        // Nothing ends: nothing is written again.
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, society.Uscc, society.Name)).StatusCode);
        Assert.Equal(0, await identity.RowsAsync(renewed));

        await using var policy = await ChangedPolicy.OfAsync(identity, p =>
        {
            foreach (var kind in (string[])["civil-affairs-registry-match", "organisation-code-match", "legal-representative-match"])
            {
                p["evidence"]![kind] = new JsonObject { ["days"] = 100 };
            }
        });
        var form = $"/account/organisations/new?Organisation={id}&ReturnUrl=%2Faccount%2Forganisations";
        var page = await representative.ReadAsync("/account/organisations");
        Assert.Contains($"<a href=\"{form}\">续期", page, StringComparison.Ordinal);
        Assert.DoesNotContain("增加：重新核对登记信息", page, StringComparison.Ordinal);

        identity.Time.Advance(TimeSpan.FromDays(60));
        using var head = await SignedInAsync(representative);
        await head.Browser.StrengthenAsync(identity, head.Person.Phone);
        Assert.Equal("/account/organisations", (await head.FillAsync(form, ("Uscc", society.Uscc), ("Name", society.Name))).Headers.Location?.OriginalString);
        Assert.Equal(1, await identity.RowsAsync(renewed));

        // Past the first end, before the second; then past that.
        identity.Time.Advance(TimeSpan.FromDays(60));
        using var later = await SignedInAsync(representative);
        page = await later.ReadAsync("/account/organisations");
        Assert.Contains("<span class=\"tag good\">初级</span>", page, StringComparison.Ordinal);
        Assert.Contains("<ul class=\"evidence\">", page, StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromDays(60));
        using var last = await SignedInAsync(representative);
        page = await last.ReadAsync("/account/organisations");
        Assert.Contains(society.Name, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<ul class=\"evidence\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_that_end_at_the_same_moment_nobody_is_passed_over_and_nobody_told_twice()
    {
        Applicant[] people = [await Applicant.RegisteredAsync(identity), await Applicant.RegisteredAsync(identity), await Applicant.RegisteredAsync(identity)];
        var keys = new List<string>();
        foreach (var person in people)
        {
            await RaiseAsync(person);
            keys.Add($"'{await identity.KeyOfAsync(person.Person.IdNumber)}'");
        }

        var (all, end) = (string.Join(", ", keys), identity.Time.GetUtcNow().AddDays(20).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ValidUntil\" = '{end}' WHERE \"Kind\" = 'unionpay-card' AND \"SubjectId\" IN ({all})");
        await identity.ExecuteAsync($"UPDATE \"Grades\" SET \"ChangesAt\" = '{end}' WHERE \"SubjectId\" IN ({all})");
        await LookAsync(identity.Services);
        await LookAsync(identity.Services);
        foreach (var person in people)
        {
            Assert.Equal(1, await ToldAsync(person));
            person.Dispose();
        }
    }

    private static async Task RaiseAsync(Applicant applicant) =>
        Assert.Equal("/account", (await applicant.FillAsync(Card, ("CardNumber", applicant.Person.BankCard))).Headers.Location?.OriginalString);

    /// <summary>What a node's clock does once a day: the whole month, one grade at a time, so that the walk has to find on from each to the next.</summary>
    private static async Task LookAsync(IServiceProvider node)
    {
        LevelEndings.Place? place = null;
        LevelEndings.Batch batch;
        do
        {
            await using var scope = node.CreateAsyncScope();
            batch = await scope.ServiceProvider.GetRequiredService<LevelEndings>().StepAsync(place, atOnce: 1, TestContext.Current.CancellationToken);
            place = batch.Last;
        }
        while (batch.Seen == 1);
    }

    /// <summary>The same person, in a browser of now: the session of before ended long ago.</summary>
    private async Task<Applicant> SignedInAsync(Applicant before)
    {
        var now = new Applicant(identity, before.Person);
        Assert.Equal(HttpStatusCode.Found, (await now.Browser.SignInAsync(before.Person.IdNumber, Applicant.Password)).StatusCode);
        return now;
    }

    private async Task<long> ToldAsync(Applicant applicant) =>
        await identity.RowsAsync($"\"Notices\" WHERE \"Kind\" = 'level-ends' AND \"AccountId\" = '{await identity.KeyOfAsync(applicant.Person.IdNumber)}'");
}

public sealed class LevelEndingOnSqlite(SqliteIdentity identity) : LevelEndingSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class LevelEndingOnPostgres(PostgresIdentity identity) : LevelEndingSuite(identity), IClassFixture<PostgresIdentity>;
