using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>An organisation's levels: the registers behind primary, tax account and certificate behind intermediate, and down again.</summary>
public abstract partial class OrganisationSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(0, "staffing-registry-match")]
    [InlineData(1, "civil-affairs-registry-match")]
    public async Task An_institution_is_checked_by_the_register_that_its_code_names(int kind, string evidence)
    {
        var institution = await identity.Sandbox.InstitutionAsync(kind);
        using var representative = await Applicant.RegisteredAsync(identity, institution.LegalRepresentative);
        var before = await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL");
        await identity.Sandbox.FailAsync(kind == 0 ? "/staffing" : "/civil-affairs", "forged", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL"));
        Assert.Matches("初级[^中]*提升认证等级", await representative.ReadAsync("/account/organisations"));
    }

    [Fact]
    public async Task One_register_that_disagrees_is_enough_for_no()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var before = await identity.CountAsync("Organisations");
        foreach (var source in (string[])["/quality", "/population", "/market"])
        {
            await identity.Sandbox.FailAsync(source, "disagreeing", 1);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, "123")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, "999999999999999")).StatusCode);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, organisation.RegistrationNumber)).StatusCode);
        Assert.Equal(before + 1, await identity.CountAsync("Organisations"));
    }

    [Fact]
    public async Task A_tax_account_raises_the_organisation_of_its_representative_alone()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        using var stranger = await Applicant.RegisteredAsync(identity);
        var page = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Browser.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.FillAsync(page, ("Account", "T000000000"))).StatusCode);
        await identity.Sandbox.FailAsync("/tax", "status=503", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).StatusCode);
        await identity.Sandbox.RecoverAsync();
        var ways = await representative.ReadAsync($"/account/step-up?Organisation={id}&ReturnUrl=/account/organisations");
        Assert.Contains("税务申报账户", ways, StringComparison.Ordinal);
        Assert.Contains("企业数字证书", ways, StringComparison.Ordinal);
        Assert.Equal("/account/organisations", (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await ExpireAsync(id, "tax-account");
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_either_suite_raises_its_own_organisation_and_every_other_is_refused()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        var good = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256);
        var online = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        trust.RevokeOnline(online.Certificate);
        var other = await identity.Sandbox.NextOrganisationAsync();
        (string Why, (SoftwareSigner Key, X509Certificate Certificate) Signer)[] wrong =
        [
            ("notTrusted", trust.Issue(trust.Foreign, organisation.Uscc, SignatureAlgorithm.Es256)),
            ("已被吊销", trust.RevokedByList),
            ("已被吊销", online),
            ("不在有效期内", trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, days: -1)),
            ("不属于该组织", trust.Issue(trust.International, other.Uscc, SignatureAlgorithm.Es256)),
            ("notTrusted", trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, profile: "organisation-signing")),
        ];
        foreach (var (why, signer) in wrong)
        {
            var (address, text) = await ChallengeAsync(representative, id);
            var refused = await UploadAsync(representative, address, Sign(signer, text));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(why == "notTrusted" ? "不是信任列表中" : why, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        // Another text, garbage, nothing; then the replay of a spent challenge, and a challenge of another session.
        var (spent, challenge) = await ChallengeAsync(representative, id);
        Assert.Contains("有效签名", await Applicant.TextAsync(await UploadAsync(representative, spent, Sign(good, challenge + "x"))), StringComparison.Ordinal);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, spent, Sign(good, challenge), id)), StringComparison.Ordinal);
        var (garbage, _) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UploadAsync(representative, garbage, Encoding.UTF8.GetBytes("garbage"))).StatusCode);
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        var (others, text2) = await ChallengeAsync(representative, id);
        using var elsewhere = new Applicant(identity, representative.Person);
        await elsewhere.Browser.SignInAsync(representative.Person.IdNumber, Applicant.Password);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(elsewhere, others, Sign(good, text2), id)), StringComparison.Ordinal);
        var (late, lateText) = await ChallengeAsync(representative, id);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, late, Sign(good, lateText), id)), StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Each suite, and the documented command with RSA.
        (SoftwareSigner, X509Certificate)[] right =
        [
            good, trust.Issue(trust.Sm, organisation.Uscc, SignatureAlgorithm.Sm2), trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true),
        ];
        foreach (var signer in right)
        {
            var (address, text) = await ChallengeAsync(representative, id);
            Assert.Equal("/account/organisations", (await UploadAsync(representative, address, Sign(signer, text))).Headers.Location?.OriginalString);
            Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
            await ExpireAsync(id, "enterprise-certificate");
            Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        }

        var rsa = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Rs256);
        var (page, toSign) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, page, OpenSsl(rsa, trust.International.Issuing, toSign))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_is_revoked_later_carries_nothing_from_the_next_night_on()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        identity.Time.Advance(TimeSpan.FromMinutes(61));
        var (address, text) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, address, Sign(signer, text))).StatusCode);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Once a night: what happens in between is seen the next one.
        trust.RevokeOnline(signer.Certificate);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'certificate-revoked' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    /// <summary>Each stand has CAs of its own; the server keeps a bundle for some minutes.</summary>
    private async Task<TrustStand> TrustAsync(string uscc)
    {
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        return await TrustStand.StartAsync(identity.TrustAddress, uscc);
    }

    /// <summary>The server looks by itself too: whichever comes first, the mark lets one of the two work.</summary>
    private async Task RecheckAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CertificateRechecks>().RunDueAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Sign((SoftwareSigner Key, X509Certificate Certificate) signer, string text) => CmsSignatures.CreateDetached(
        signer.Key, [signer.Certificate], signer.Key.Algorithm.ContentHash().Hash(Encoding.UTF8.GetBytes(text)));

    /// <summary>The command that the page shows.</summary>
    private static byte[] OpenSsl((SoftwareSigner Key, X509Certificate Certificate) signer, X509Certificate issuing, string text)
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-openssl-");
        File.WriteAllText(Path.Combine(directory.FullName, "challenge.txt"), text);
        File.WriteAllText(Path.Combine(directory.FullName, "company.pem"), Pem("CERTIFICATE", signer.Certificate.GetEncoded()));
        File.WriteAllText(Path.Combine(directory.FullName, "chain.pem"), Pem("CERTIFICATE", issuing.GetEncoded()));
        File.WriteAllText(Path.Combine(directory.FullName, "company.key"), Pem("PRIVATE KEY", signer.Key.ExportPkcs8()));
        using var process = Process.Start(new ProcessStartInfo(
            "openssl", "cms -sign -binary -cades -in challenge.txt -signer company.pem -inkey company.key -certfile chain.pem -outform DER -out challenge.p7s")
        { WorkingDirectory = directory.FullName })!;
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0);
        var signature = File.ReadAllBytes(Path.Combine(directory.FullName, "challenge.p7s"));
        directory.Delete(recursive: true);
        return signature;

        static string Pem(string label, byte[] der) => $"-----BEGIN {label}-----\n{Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks)}\n-----END {label}-----\n";
    }

    /// <returns>The page with the challenge, and the challenge as the file holds it.</returns>
    private static async Task<(string Address, string Text)> ChallengeAsync(Applicant representative, Guid organisation)
    {
        var page = $"/account/organisations/certificate?Organisation={organisation}&ReturnUrl=/account/organisations";
        var html = await (await representative.Browser.GetAsync(page)).Content.ReadAsStringAsync();
        var begun = await representative.Browser.SubmitAsync("/account/organisations/certificate?handler=Begin", html);
        var address = begun.Headers.Location?.OriginalString ?? throw new InvalidOperationException(await Applicant.TextAsync(begun));
        var file = FileLink().Match(await representative.ReadAsync(address)).Groups["link"].Value;
        return (address, await (await representative.Browser.GetAsync(file)).Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> UploadAsync(Applicant representative, string address, byte[] signature) =>
        representative.FillAsync(address, ("Signature", Convert.ToBase64String(signature)));

    /// <summary>The form as it was shown before the challenge was spent.</summary>
    private static async Task<HttpResponseMessage> PostAsync(Applicant who, string address, byte[] signature, Guid organisation)
    {
        var page = await (await who.Browser.GetAsync($"/account/organisations/certificate?Organisation={organisation}")).Content.ReadAsStringAsync();
        return await who.Browser.SubmitAsync(
            "/account/organisations/certificate", page, ("ChallengeId", ChallengeId().Match(address).Groups["id"].Value), ("Signature", Convert.ToBase64String(signature)));
    }

    private async Task<(Applicant Representative, SyntheticOrganisation Organisation, Guid Id)> RegisteredAsync()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        var id = StepUpLink().Match(await representative.ReadAsync("/account/organisations")).Groups["id"].Value;
        return (representative, organisation, Guid.Parse(id));
    }

    private Task ExpireAsync(Guid organisation, string kind) => identity.ExecuteAsync(
        $"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = '{kind}' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{organisation}'");

    private static Task<HttpResponseMessage> RegisterAsync(Applicant applicant, string uscc, string name, string number = "") =>
        applicant.FillAsync("/account/organisations/new", ("Uscc", uscc), ("Name", name), ("RegistrationNumber", number));

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex FileLink();

    [GeneratedRegex("ChallengeId=(?<id>[0-9a-f]{32})", RegexOptions.None, 1000)]
    private static partial Regex ChallengeId();

    [GeneratedRegex("step-up\\?Organisation=(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex StepUpLink();
}

public sealed class OrganisationsOnSqlite(SqliteIdentity identity) : OrganisationSuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class OrganisationsOnPostgres(PostgresIdentity identity) : OrganisationSuite(identity);
