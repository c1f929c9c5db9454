using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Trust lists, OCSP responder and revocation list that are away, slow or not to be believed: nothing is proved, and nothing is lost that could be used again.</summary>
public abstract class CertificateFaultSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("drop")]
    [InlineData("status=500")]
    [InlineData("malformed")]
    [InlineData("slow")]
    public async Task While_the_trust_lists_cannot_be_had_the_challenge_waits(string fault)
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256);
        var (address, text) = await SignedChallenge.BeginAsync(representative, id);
        trust.BundleFault = fault;
        var refused = await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        var page = await Applicant.TextAsync(refused);
        Assert.Contains("暂时无法取得信任列表。组织的等级没有变化", page, StringComparison.Ordinal);
        Assert.Contains("3. 上传签名", page, StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // The same challenge, the same signature.
        trust.BundleFault = null;
        Assert.Equal("/account/organisations", (await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("status=500")]
    [InlineData("malformed")]
    [InlineData("slow")]
    [InlineData("forged")]
    public async Task A_certificate_whose_status_cannot_be_had_or_believed_proves_nothing(string fault)
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        trust.LeaveStatusToTheNetwork();
        foreach (var responder in (bool[])[true, false])
        {
            // By the responder that it names, and by the list at its distribution point.
            var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: responder, listed: !responder);
            var (address, text) = await SignedChallenge.BeginAsync(representative, id);
            trust.StatusFault = fault;
            var refused = await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("暂时无法确认证书是否被吊销", await Applicant.TextAsync(refused), StringComparison.Ordinal);
            Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
            Assert.True(await identity.RowsAsync($"\"AuditRecords\" WHERE \"Result\" = 'identity.certificate.statusUnknown' AND \"SubjectId\" = '{id}'") >= 1);

            trust.StatusFault = null;
            await SignedChallenge.ProveAsync(representative, id, signer);
            await Organisations.ExpireAsync(identity, id, "enterprise-certificate");
        }

        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_only_the_list_at_its_distribution_point_names_is_refused()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        trust.LeaveStatusToTheNetwork();
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, listed: true);
        trust.RevokeOnline(signer.Certificate);
        var (address, text) = await SignedChallenge.BeginAsync(representative, id);
        var refused = await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("已被吊销", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }
}

[Collection(OnSqlite.Name)]
public sealed class CertificateFaultsOnSqlite(SqliteIdentity identity) : CertificateFaultSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class CertificateFaultsOnPostgres(PostgresIdentity identity) : CertificateFaultSuite(identity);
