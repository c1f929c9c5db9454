using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Intermediate by certificate: a challenge that only the organisation itself can have signed, of either suite, once and in time.</summary>
public abstract partial class OrganisationCertificateSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_certificate_of_either_suite_raises_its_own_organisation_and_every_other_is_refused()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
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
            var (address, text) = await SignedChallenge.BeginAsync(representative, id);
            var refused = await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(why == "notTrusted" ? "不是信任列表中" : why, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        // Another text, garbage, nothing; then the replay of a spent challenge, and a challenge of another session.
        var (spent, challenge) = await SignedChallenge.BeginAsync(representative, id);
        Assert.Contains("有效签名", await Applicant.TextAsync(await SignedChallenge.UploadAsync(representative, spent, SignedChallenge.Sign(good, challenge + "x"))), StringComparison.Ordinal);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, spent, SignedChallenge.Sign(good, challenge), id)), StringComparison.Ordinal);
        var (garbage, _) = await SignedChallenge.BeginAsync(representative, id);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SignedChallenge.UploadAsync(representative, garbage, Encoding.UTF8.GetBytes("garbage"))).StatusCode);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        var (others, text2) = await SignedChallenge.BeginAsync(representative, id);
        using var elsewhere = new Applicant(identity, representative.Person);
        await elsewhere.Browser.SignInAsync(representative.Person.IdNumber, Applicant.Password);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(elsewhere, others, SignedChallenge.Sign(good, text2), id)), StringComparison.Ordinal);
        var (late, lateText) = await SignedChallenge.BeginAsync(representative, id);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, late, SignedChallenge.Sign(good, lateText), id)), StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Each suite, and the documented command with RSA.
        (SoftwareSigner, X509Certificate)[] right =
        [
            good, trust.Issue(trust.Sm, organisation.Uscc, SignatureAlgorithm.Sm2), trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true),
        ];
        foreach (var signer in right)
        {
            var (address, text) = await SignedChallenge.BeginAsync(representative, id);
            Assert.Equal("/account/organisations", (await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text))).Headers.Location?.OriginalString);
            Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
            await Organisations.ExpireAsync(identity, id, "enterprise-certificate");
            Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        }

        var rsa = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Rs256);
        var (page, toSign) = await SignedChallenge.BeginAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await SignedChallenge.UploadAsync(representative, page, OpenSsl(rsa, trust.International.Issuing, toSign))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

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

    /// <summary>The form as it was shown before the challenge was spent.</summary>
    private static async Task<HttpResponseMessage> PostAsync(Applicant who, string address, byte[] signature, Guid organisation)
    {
        var page = await (await who.Browser.GetAsync($"/account/organisations/certificate?Organisation={organisation}")).Content.ReadAsStringAsync();
        return await who.Browser.SubmitAsync(
            "/account/organisations/certificate", page, ("ChallengeId", ChallengeId().Match(address).Groups["id"].Value), ("Signature", Convert.ToBase64String(signature)));
    }

    [GeneratedRegex("ChallengeId=(?<id>[0-9a-f]{32})", RegexOptions.None, 1000)]
    private static partial Regex ChallengeId();
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationCertificatesOnSqlite(SqliteIdentity identity) : OrganisationCertificateSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationCertificatesOnPostgres(PostgresIdentity identity) : OrganisationCertificateSuite(identity);
