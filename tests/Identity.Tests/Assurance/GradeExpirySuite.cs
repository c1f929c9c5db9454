using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>On servers of its own: it moves the clock by a year.</summary>
public abstract class GradeExpirySuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_level_that_runs_out_falls_by_itself_on_the_page_and_in_lists()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var subject = await identity.ReadAsync("SELECT \"SubjectId\" FROM \"Evidence\" WHERE \"Kind\" = 'unionpay-card'");
        Assert.Equal("Intermediate", await LevelAsync());
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await representative.FillAsync($"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations", ("Account", organisation.TaxAccount));
        representative.Dispose();
        identity.Time.Advance(TimeSpan.FromDays(364));
        using var almost = identity.NewBrowser();
        await almost.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains("中级", await (await almost.GetAsync("/account")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromDays(3));
        using var after = identity.NewBrowser();
        await after.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains("初级", await (await after.GetAsync("/account")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await LevelAsync() != "Primary" || await OfOrganisationAsync() != "Primary")
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.Contains("您的认证等级变为“初级”", await (await after.GetAsync("/account/notices")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var head = identity.NewBrowser();
        await head.SignInAsync(organisation.LegalRepresentative.IdNumber, Applicant.Password);
        var fallen = $"您担任法定代表人的组织“{organisation.Name}”的认证等级由“中级”变为“初级”";
        Assert.Contains(fallen, await Applicant.TextAsync(await head.GetAsync("/account/notices")), StringComparison.Ordinal);
        Assert.Equal("2", await identity.ReadAsync("SELECT COUNT(*) FROM \"AuditRecords\" WHERE \"Action\" = 'grade.changed' AND \"Details\" LIKE '%expired%'"));
        Assert.Equal("0", await identity.ReadAsync($"SELECT COUNT(*) FROM \"Grades\" WHERE \"ChangesAt\" IS NOT NULL AND \"SubjectId\" = '{subject}'"));

        Task<string> LevelAsync() => identity.ReadAsync($"SELECT \"Level\" FROM \"Grades\" WHERE \"SubjectId\" = '{subject}'");

        Task<string> OfOrganisationAsync() => identity.ReadAsync($"SELECT \"Level\" FROM \"Grades\" WHERE LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'");
    }
}

public sealed class GradeExpiryOnSqlite(SqliteIdentity identity) : GradeExpirySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class GradeExpiryOnPostgres(PostgresIdentity identity) : GradeExpirySuite(identity), IClassFixture<PostgresIdentity>;
