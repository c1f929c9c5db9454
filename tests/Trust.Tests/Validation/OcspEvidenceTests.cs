using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Xunit;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Evidence;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>OCSP responses as revocation data, at hand or inside the signature.</summary>
public sealed class OcspEvidenceTests
{
    private static readonly DateTimeOffset Now = Day(2026, 6, 1);

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_response_tells_good_and_revoked(SignatureSuite suite)
    {
        using var pki = new ValidationPki(suite);
        byte[][] others = [List(pki.RootKey, pki.Root, Now.AddDays(-1)), List(pki.TsaCaKey, pki.TsaCa, Now.AddDays(-1))];

        Assert.True(Validate(Response(pki, revokedAt: null)).Conclusion.IsPassed);
        Assert.Equal(SubIndication.RevokedNoPoe, Validate(Response(pki, Day(2026, 4, 1))).Conclusion.SubIndication);
        Assert.Equal(SubIndication.TryLater, Validate(Response(pki, revokedAt: null, key: pki.TsaCaKey)).Conclusion.SubIndication);

        ValidationResult Validate(byte[] response)
        {
            var material = pki.Material(others);
            return pki.Validate(pki.Sign(), material with { Revocation = [.. material.Revocation, .. OcspEvidence.Read(response)] }, Now);
        }
    }

    [Fact]
    public void A_response_inside_the_signature_is_read()
    {
        using var pki = new ValidationPki(SignatureSuite.International);
        var data = SignedData.GetInstance(ContentInfo.GetInstance(pki.Sign()).Content);
        var format = new DerTaggedObject(false, 1, new DerSequence(new DerObjectIdentifier("1.3.6.1.5.5.7.16.2"), Asn1Object.FromByteArray(Response(pki, revokedAt: null))));
        var cms = new ContentInfo(CmsObjectIdentifiers.SignedData, new SignedData(data.DigestAlgorithms, data.EncapContentInfo, data.Certificates, new DerSet(format), data.SignerInfos)).GetDerEncoded();

        var subject = Assert.Single(CadesReader.Read(cms, DetachedContent.Of(Content)));

        Assert.Equal("OCSP", Assert.Single(subject.Revocation).Kind);
        Assert.True(pki.Validate(cms, pki.Material(List(pki.RootKey, pki.Root, Now.AddDays(-1))), Now).Conclusion.IsPassed);
    }

    private static byte[] Response(ValidationPki pki, DateTimeOffset? revokedAt, SoftwareSigner? key = null)
    {
        var hash = pki.Suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256;
        var answer = new OcspAnswer(
            CertificateId.Of(pki.Signer.SerialNumber, pki.Ca, hash), revokedAt is null ? OcspCertificateStatus.Good : OcspCertificateStatus.Revoked, Now.AddHours(-2), Now.AddHours(22))
        {
            RevokedAt = revokedAt,
            Reason = revokedAt is null ? null : RevocationReason.KeyCompromise,
        };
        return new OcspResponder(key ?? pki.CaKey, pki.Ca).Sign([answer], Now.AddHours(-2));
    }
}
