using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests;

/// <summary>Certificates, CMS and timestamps of both suites, round trip and tampered.</summary>
public sealed class CertificateTests
{
    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_chain_is_valid_and_a_strangers_root_is_not(SignatureSuite suite)
    {
        using var pki = new TestPki(suite);
        var end = pki.Issue("department");
        var now = DateTimeOffset.UtcNow;
        Assert.True(CertificatePath.Validate(end, [pki.Issuing], [pki.Root], new PathRequirements(now)).Valid);
        using var other = new TestPki(suite);
        Assert.False(CertificatePath.Validate(end, [pki.Issuing], [other.Root], new PathRequirements(now)).Valid);
        Assert.False(CertificatePath.Validate(end, [pki.Issuing], [pki.Root], new PathRequirements(now.AddYears(5))).Valid);
        Assert.False(CertificatePath.Validate(end, [], [pki.Root], new PathRequirements(now)).Valid);
    }

    [Fact]
    public void An_end_certificate_may_not_issue()
    {
        using var pki = new TestPki(SignatureSuite.Sm);
        using var middleKey = SoftwareSigner.Generate(SignatureSuite.Sm);
        var middle = pki.Issue("department", middleKey);
        using var endKey = SoftwareSigner.Generate(SignatureSuite.Sm);
        var end = new CertificateIssuer(middleKey, middle).Issue(TestPki.Content("department", endKey));
        var result = CertificatePath.Validate(end, [middle, pki.Issuing], [pki.Root], new PathRequirements(DateTimeOffset.UtcNow));
        Assert.Contains(result.Checks, c => c is { Code: "certificate.authority", Outcome: Outcome.Failed });
    }

    [Fact]
    public void A_revoked_certificate_fails_and_one_without_a_list_cannot_be_told()
    {
        using var pki = new TestPki(SignatureSuite.International);
        var end = pki.Issue("department");
        var now = DateTimeOffset.UtcNow;
        var clean = CertificateReading.ReadCrl(pki.Issuer.IssueCrl([], 1, now, now.AddDays(1)));
        var revoking = CertificateReading.ReadCrl(pki.Issuer.IssueCrl([(end.SerialNumber, now.AddMinutes(-1), 1)], 2, now, now.AddDays(1)));
        Assert.Equal(Outcome.CannotTell, Revocation([]));
        Assert.Equal(Outcome.CannotTell, Revocation([clean]));
        Assert.Equal(Outcome.Failed, Revocation([revoking]));

        Outcome Revocation(IReadOnlyList<X509Crl> crls) => CertificatePath
            .Validate(end, [pki.Issuing], [pki.Root], new PathRequirements(now), crls).Checks.Single(c => c.Code == "certificate.revocation").Outcome;
    }

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_request_proves_possession(SignatureSuite suite)
    {
        using var signer = SoftwareSigner.Generate(suite);
        var der = CertificateRequest.Create(signer, DistinguishedName.Of("样例局", "测试"));
        Assert.Equal("测试", CertificateRequest.Read(der).Subject.CommonName());
        der[^1] ^= 1;
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => CertificateRequest.Read(der));
    }

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_detached_signature_holds_for_its_content_only(SignatureSuite suite)
    {
        using var pki = new TestPki(suite);
        using var key = SoftwareSigner.Generate(suite);
        var certificate = pki.Issue("department", key);
        var cms = CmsSignatures.CreateDetached(key, [certificate, pki.Issuing], suite.Hash("content"u8));
        Assert.Equal(Outcome.Passed, Check.Overall(CmsReading.Read(cms).Verify(suite.Hash("content"u8))));
        Assert.Equal(Outcome.Failed, Check.Overall(CmsReading.Read(cms).Verify(suite.Hash("contenT"u8))));
    }

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_timestamp_is_accepted_for_its_data_and_refused_for_other_data(SignatureSuite suite)
    {
        using var pki = new TestPki(suite);
        using var key = SoftwareSigner.Generate(suite);
        var authority = new TimestampAuthority(key, [pki.Issue("tsa", key), pki.Issuing], TimeProvider.System);
        var answer = authority.Answer(Query(suite, "data"u8));
        var token = TimestampToken.Read(Org.BouncyCastle.Asn1.Tsp.TimeStampResp.GetInstance(answer).TimeStampToken.GetDerEncoded());
        Assert.NotEqual(Outcome.Failed, Check.Overall(token.Verify("data"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], []))));
        Assert.Equal(Outcome.Failed, Check.Overall(token.Verify("datA"u8, ValidationMaterial.Of(AnchorPurposes.Tsa, [pki.Root], []))));
        Assert.True((DateTimeOffset.UtcNow - token.Time).Duration() < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_broken_timestamp_request_is_rejected_by_the_protocol()
    {
        using var pki = new TestPki(SignatureSuite.International);
        using var key = SoftwareSigner.Generate(SignatureSuite.International);
        var authority = new TimestampAuthority(key, [pki.Issue("tsa", key)], TimeProvider.System);
        var response = Org.BouncyCastle.Asn1.Tsp.TimeStampResp.GetInstance(authority.Answer([0x30, 0x82]));
        Assert.Equal(2, response.Status.StatusObject.IntValueExact);
        Assert.Null(response.TimeStampToken);
    }

    private static byte[] Query(SignatureSuite suite, ReadOnlySpan<byte> data) => new Org.BouncyCastle.Asn1.Tsp.TimeStampReq(
        new Org.BouncyCastle.Asn1.Tsp.MessageImprint(suite.DigestAlgorithm(), suite.Hash(data)), null, null, Org.BouncyCastle.Asn1.DerBoolean.True, null).GetDerEncoded();
}
