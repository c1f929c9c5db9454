using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>An enterprise certificate carries its organisation as long as it is valid itself. On servers of its own: it moves the clock by months.</summary>
public abstract partial class CertificateExpirySuite(IdentityFixture identity)
{
    private const int Life = 30;

    [Fact]
    public async Task A_certificate_carries_until_its_own_end_and_no_longer()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name))).StatusCode);
        var id = StepUpLink().Match(await representative.ReadAsync("/account/organisations")).Groups["id"].Value;
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        var (key, certificate) = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, days: Life);

        var page = $"/account/organisations/certificate?Organisation={id}&ReturnUrl=/account/organisations";
        var begun = await representative.Browser.SubmitAsync("/account/organisations/certificate?handler=Begin", await (await representative.Browser.GetAsync(page)).Content.ReadAsStringAsync());
        var address = begun.Headers.Location?.OriginalString ?? throw new InvalidOperationException(await Applicant.TextAsync(begun));
        var challenge = await (await representative.Browser.GetAsync(FileLink().Match(await representative.ReadAsync(address)).Groups["link"].Value)).Content.ReadAsStringAsync();
        var signature = CmsSignatures.CreateDetached(key, [certificate], key.Algorithm.ContentHash().Hash(Encoding.UTF8.GetBytes(challenge)));
        var proved = await representative.FillAsync(address, ("Signature", Convert.ToBase64String(signature)));
        Assert.True(proved.StatusCode == HttpStatusCode.Found, await Applicant.TextAsync(proved));

        Assert.Equal("中级", await LevelAfterAsync(organisation.LegalRepresentative, Life - 1));
        Assert.Equal("初级", await LevelAfterAsync(organisation.LegalRepresentative, 2));
    }

    private async Task<string> LevelAfterAsync(SyntheticPerson representative, int days)
    {
        identity.Time.Advance(TimeSpan.FromDays(days));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(representative.IdNumber, Applicant.Password)).StatusCode);
        return Level().Match(await browser.ReadAsync("/account/organisations")).Groups["level"].Value;
    }

    [GeneratedRegex("step-up\\?Organisation=(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex StepUpLink();

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex FileLink();

    [GeneratedRegex("<span class=\"tag good\">(?<level>..)", RegexOptions.None, 1000)]
    private static partial Regex Level();
}

public sealed class CertificateExpiryOnSqlite(SqliteIdentity identity) : CertificateExpirySuite(identity), IClassFixture<SqliteIdentity>;

public sealed class CertificateExpiryOnPostgres(PostgresIdentity identity) : CertificateExpirySuite(identity), IClassFixture<PostgresIdentity>;
