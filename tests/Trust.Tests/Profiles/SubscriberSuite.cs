using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Profiles;

public sealed class SqliteSubscriberTests(SqliteTrust databases) : SubscriberSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresSubscriberTests(PostgresTrust databases) : SubscriberSuite(databases), IClassFixture<PostgresTrust>;

/// <summary>Certificates of persons and organisations over HTTP, on either database.</summary>
public abstract class SubscriberSuite(TrustDatabases databases) : IAsyncLifetime
{
    private const string Code = "91340100MA2MW1U25X";
    private readonly AdjustableTime time = new();
    private Dictionary<string, string?> database = [];
    private TrustNode node = null!;

    public async ValueTask InitializeAsync()
    {
        database = await databases.CreateAsync();
        node = await databases.StartAsync(database, time);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(SignatureSuite.International)]
    [InlineData(SignatureSuite.Sm)]
    public async Task An_organisation_signs_in_with_a_certificate_that_the_bundle_vouches_for(SignatureSuite suite)
    {
        var certificate = Certificate(await AskAsync("organisation", suite, Organisation()).AnswerAsync(HttpStatusCode.Created));
        Assert.Equal(Code, certificate.SubjectDN.SocialCreditCode());
        Assert.Equal("2.25.301764288471239604893170911453920473221.3.3", Policy(certificate));
        var bundle = TrustBundle.Parse(await node.Public.GetByteArrayAsync("trust-bundle.json"));
        Assert.True(Valid(AnchorPurposes.ClientAuthentication));
        Assert.False(Valid(AnchorPurposes.DocumentSigner));
        Assert.False(Valid(AnchorPurposes.SealMaker));
        await node.RevokeAsync("organisations-" + suite.Name(), certificate, "keyCompromise").AnswerAsync(HttpStatusCode.OK);
        bundle = TrustBundle.Parse(await node.Public.GetByteArrayAsync("trust-bundle.json"));
        Assert.False(Valid(AnchorPurposes.ClientAuthentication));

        bool Valid(string purpose) => CertificatePath.Validate(
            certificate, [], bundle.AnchorsFor(purpose, suite), new PathRequirements(time.GetUtcNow(), KeyUsage.DigitalSignature, KeyPurposeID.id_kp_clientAuth), bundle.CertificateCrls).Valid;
    }

    [Fact]
    public async Task A_person_gets_one_certificate_to_sign_in_and_another_to_sign()
    {
        var subject = Person("欧阳", "样例");
        var signIn = Certificate(await AskAsync("person", SignatureSuite.International, subject).AnswerAsync(HttpStatusCode.Created));
        var signing = Certificate(await AskAsync("person-signing", SignatureSuite.Sm, subject).AnswerAsync(HttpStatusCode.Created));
        var bundle = TrustBundle.Parse(await node.Public.GetByteArrayAsync("trust-bundle.json"));
        Assert.True(Valid(signIn, SignatureSuite.International, AnchorPurposes.ClientAuthentication, KeyUsage.DigitalSignature, KeyPurposeID.id_kp_clientAuth));
        Assert.False(Valid(signIn, SignatureSuite.International, AnchorPurposes.SubscriberSigner, KeyUsage.NonRepudiation, null));
        Assert.True(Valid(signing, SignatureSuite.Sm, AnchorPurposes.SubscriberSigner, KeyUsage.NonRepudiation, null));
        Assert.False(Valid(signing, SignatureSuite.Sm, AnchorPurposes.ClientAuthentication, KeyUsage.DigitalSignature, KeyPurposeID.id_kp_clientAuth));
        await AskAsync("person", SignatureSuite.International, Person(null, "卓玛")).AnswerAsync(HttpStatusCode.Created);

        bool Valid(X509Certificate certificate, SignatureSuite suite, string purpose, int usage, KeyPurposeID? extended) =>
            CertificatePath.Validate(certificate, [], bundle.AnchorsFor(purpose, suite), new PathRequirements(time.GetUtcNow(), usage, extended), bundle.CertificateCrls).Valid;
    }

    [Theory]
    [InlineData("91340100MA2MW1U25Y")]
    [InlineData("91340100MA2MW1U35X")]
    [InlineData("91340100ma2mw1u25x")]
    [InlineData(" 91340100MA2MW1U25X")]
    [InlineData("")]
    public async Task A_code_with_wrong_check_characters_is_no_organisation(string code) =>
        await AskAsync("organisation", SignatureSuite.Sm, DistinguishedName.OfOrganisation(code, "样例公司", "样例公司")).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.subject.socialCreditCode");

    [Fact]
    public async Task An_identity_number_never_comes_into_a_certificate()
    {
        foreach (var name in new[] { "张三11010519491231002X", "张三 110105194912310021" })
        {
            await LintAsync(Person("张", name), "privacy.identityNumber");
        }

        var padded = Convert.FromHexString("0000000000000000" + "110105194912310021".PadRight(32, '0'));
        await LintAsync(Person("张", "三", padded), "privacy.identityNumber");
        await LintAsync(new X509Name([X509Name.C, X509Name.Surname, X509Name.SerialNumber, X509Name.CN], ["CN", "张", "IDCCN-11010519491231002X", "张三"]), "en319412.person.identifier");
        await LintAsync(new X509Name([X509Name.C, X509Name.SerialNumber, X509Name.CN], ["CN", "YX:CN-" + new string('A', 48), "张三"]), "en319412.person.name");

        async Task LintAsync(X509Name subject, string code)
        {
            var problem = await AskAsync("person", SignatureSuite.International, subject).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.certificate.lint");
            Assert.Contains(problem.GetProperty("rules").EnumerateArray(), r => r.GetProperty("code").GetString() == code);
        }
    }

    [Fact]
    public async Task Subjects_of_another_form_are_refused()
    {
        await AskAsync("person", SignatureSuite.Sm, Organisation()).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.profile.subject");
        await AskAsync("organisation", SignatureSuite.Sm, DistinguishedName.Of("样例公司", "样例公司")).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.profile.subject");
        await AskAsync("issuing", SignatureSuite.Sm, Organisation()).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.profile.unknown");
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_gets_the_new_authorities_at_its_next_start()
    {
        var before = await node.AuthorityAsync("documents-sm");
        await using (var scope = node.Services.CreateAsyncScope())
        {
            // What a database holds that never knew of them.
            var old = scope.ServiceProvider.GetRequiredService<TrustContext>();
            await old.Authorities.Where(a => a.Name.StartsWith("persons-") || a.Name.StartsWith("organisations-")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await old.Certificates.Where(c => c.Authority.StartsWith("persons-") || c.Authority.StartsWith("organisations-") || c.Subject.Contains("个人证书签发") || c.Subject.Contains("法人证书签发")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await old.Set<OutboxMessage>().Where(m => m.IdempotencyKey.Contains("persons-") || m.IdempotencyKey.Contains("organisations-")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await old.Set<RevocationState>().Where(s => s.Authority.StartsWith("persons-") || s.Authority.StartsWith("organisations-")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await old.Set<PublishedList>().Where(s => s.Authority.StartsWith("persons-") || s.Authority.StartsWith("organisations-")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await old.Set<OcspResponderRecord>().Where(s => s.Authority.StartsWith("persons-") || s.Authority.StartsWith("organisations-")).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        }

        await node.DisposeAsync();
        node = await databases.StartAsync(database, time);
        Assert.Equal(before, await node.AuthorityAsync("documents-sm"));
        await AskAsync("organisation", SignatureSuite.Sm, Organisation()).AnswerAsync(HttpStatusCode.Created);
        Assert.NotNull(await node.CrlAsync("crl/persons-international.crl"));
        await node.Client.GetAsync("api/certificates?authority=root-sm").AnswerAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_schema_of_profiles_is_published()
    {
        using var response = await node.Public.GetAsync("schemas/certificate-profile.json");
        Assert.Equal("application/schema+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(CertificateProfile.Schema(), await response.Content.ReadAsByteArrayAsync());
    }

    private static X509Name Organisation() => DistinguishedName.OfOrganisation(Code, "样例图书有限公司", "样例图书");

    private static X509Name Person(string? surname, string? givenName, byte[]? reference = null) => DistinguishedName.OfPerson(surname, givenName, reference ?? RandomNumberGenerator.GetBytes(24));

    private static string Policy(X509Certificate certificate) =>
        CertificatePolicies.GetInstance(certificate.GetExtensionParsedValue(X509Extensions.CertificatePolicies)).GetPolicyInformation().Single().PolicyIdentifier.Id;

    private static X509Certificate Certificate(JsonElement answer) => CertificateReading.Read(answer.GetProperty("certificate").GetBytesFromBase64());

    private async Task<HttpResponseMessage> AskAsync(string profile, SignatureSuite suite, X509Name subject)
    {
        using var key = SoftwareSigner.Generate(suite);
        return await node.Client.PostAsJsonAsync("api/certificates", new { csr = Convert.ToBase64String(CertificateRequest.Create(key, subject)), profile });
    }
}
