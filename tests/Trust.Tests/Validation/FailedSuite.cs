using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Subjects;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>Valid for sure or wrong for sure: TOTAL-PASSED, and every sub-indication of TOTAL-FAILED (ETSI EN 319 102-1 §5.1.3, table 6), with real signatures, certificates, lists and timestamps.</summary>
public abstract class FailedSuite(SignatureSuite suite) : ValidationCase(suite)
{
    [Fact]
    public void A_basic_signature_passes()
    {
        var result = Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.False(result.TimeProven);
        Assert.Equal(3, result.Path.Count);
    }

    [Fact]
    public void An_attached_signature_without_other_content_passes()
    {
        var cms = Pki.Sign(new CadesStatements { Attached = true, SigningTime = Day(2026, 3, 1) });
        var subject = Assert.Single(CadesReader.Read(cms, null));

        var result = SignatureValidation.Validate(subject, Pki.Material(Pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now);

        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.Signature.ClaimedTime);
    }

    [Fact]
    public void Format_failure() => Reason(SubIndication.FormatFailure, Pki.Validate("not a signature"u8.ToArray(), Pki.Material(), Now), Indication.Failed);

    [Fact]
    public void Hash_failure() =>
        Reason(SubIndication.HashFailure, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now, content: "other"u8.ToArray()), Indication.Failed);

    [Fact]
    public void A_changed_document_of_a_stranger_is_wrong_for_good() =>
        Reason(SubIndication.HashFailure, Pki.Validate(Pki.Sign(), new ValidationMaterial(), Now, content: "other"u8.ToArray()), Indication.Failed);

    [Fact]
    public void Sig_crypto_failure()
    {
        var cms = Pki.Sign();
        var value = CmsSignatures.SignatureValue(cms);
        cms[cms.AsSpan().IndexOf(value) + value.Length - 1] ^= 1;

        Reason(SubIndication.SigCryptoFailure, Pki.Validate(cms, Pki.Material(Pki.Lists(Now.AddDays(-1))), Now), Indication.Failed);
    }

    [Fact]
    public void Revoked()
    {
        var cms = Pki.Sign(new CadesStatements { ContentTimestamps = [Pki.Stamp(Content, Day(2026, 5, 1))] });

        Reason(SubIndication.Revoked, Pki.Validate(cms, Pki.Material(Pki.Lists(Now.AddDays(-1), (Pki.Signer, Day(2026, 4, 1), 1))), Now), Indication.Failed);
    }

    [Fact]
    public void Expired()
    {
        var later = Day(2027, 3, 1);
        var cms = Pki.Sign(new CadesStatements { ContentTimestamps = [Pki.Stamp(Content, Day(2027, 2, 1))] });

        Reason(SubIndication.Expired, Pki.Validate(cms, Pki.Material(Pki.Lists(later.AddDays(-1))), later), Indication.Failed);
    }

    [Fact]
    public void Not_yet_valid() =>
        Assert.All(
            [Pki.Validate(Pki.SignAt(Day(2025, 12, 1)), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now), Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Day(2025, 12, 1))), Day(2025, 12, 2))],
            result => Reason(SubIndication.NotYetValid, result, Indication.Failed));
}

/// <summary>With ECDSA and SHA-256.</summary>
public sealed class InternationalFailedTests() : FailedSuite(SignatureSuite.International);

/// <summary>With SM2 and SM3.</summary>
public sealed class SmFailedTests() : FailedSuite(SignatureSuite.Sm);
