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

/// <summary>Every sub-indication of INDETERMINATE (ETSI EN 319 102-1 §5.1.3, table 6), with real signatures, certificates, lists and timestamps.</summary>
public abstract class IndeterminateSuite(SignatureSuite suite) : ValidationCase(suite)
{
    [Fact]
    public void Sig_constraints_failure()
    {
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));
        var wantsTime = Policy("""{ "levels": { "acceptance.signatureTimestamp": "ignore" } }""");
        var wantsStamp = Policy("""{ "levels": { "acceptance.signingTime": "ignore" } }""");
        var wantsSoon = Policy("""{ "timestampDelayHours": 24 }""");

        Reason(SubIndication.SigConstraintsFailure, Pki.Validate(Pki.Sign(), material, Now, wantsTime));
        Reason(SubIndication.SigConstraintsFailure, Pki.Validate(Pki.Sign(), material, Now, wantsStamp));
        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 2), new CadesStatements { SigningTime = Day(2026, 3, 1) }), material, Now, wantsSoon));
        Reason(SubIndication.SigConstraintsFailure, Pki.Validate(Pki.SignAt(Day(2026, 3, 3), new CadesStatements { SigningTime = Day(2026, 3, 1) }), material, Now, wantsSoon));
        Reason(SubIndication.SigConstraintsFailure, Pki.Validate(Pki.Sign(new CadesStatements { NamesCertificate = false }), material, Now));
    }

    [Fact]
    public void Chain_constraints_failure()
    {
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));
        var purpose = Policy("""{ "signers": { "signature": { "anchors": ["document-signer"], "purpose": "1.3.6.1.5.5.7.3.4" } }, "levels": { "acceptance.signingTime": "ignore", "acceptance.signatureTimestamp": "ignore" } }""");
        var policies = Policy("""{ "signers": { "signature": { "anchors": ["document-signer"], "certificatePolicies": ["1.2.3.4"] } }, "levels": { "acceptance.signingTime": "ignore", "acceptance.signatureTimestamp": "ignore" } }""");
        var other = Policy($$"""{ "signers": { "signature": { "anchors": ["document-signer"], "suites": ["{{(Suite == SignatureSuite.Sm ? "international" : "sm")}}"] } } }""");

        Reason(SubIndication.ChainConstraintsFailure, Pki.Validate(Pki.Sign(), material, Now, purpose));
        Reason(SubIndication.ChainConstraintsFailure, Pki.Validate(Pki.Sign(), material, Now, policies));
        Assert.Equal(Indication.Indeterminate, Pki.Validate(Pki.Sign(), material, Now, other).Conclusion.Indication);
        var usage = new CertificateIssuer(Pki.CaKey, Pki.Ca).Issue(Of("issuing", Pki.SignerKey, "Signer", Day(2026, 1, 1), Day(2027, 1, 1)));
        Reason(SubIndication.ChainConstraintsFailure, Pki.Validate(CadesSignatures.Create(Pki.SignerKey, [usage], Content, new CadesStatements()), material, Now));
    }

    [Fact]
    public void Certificate_chain_general_failure()
    {
        var key = Pki.Key();
        var end = new CertificateIssuer(Pki.SignerKey, Pki.Signer).Issue(Of("department", key, "Below", Day(2026, 2, 1), Day(2026, 12, 1)));
        var cms = CadesSignatures.Create(key, [end, Pki.Signer, Pki.Ca], Content, new CadesStatements());

        Reason(SubIndication.CertificateChainGeneralFailure, Pki.Validate(cms, Pki.Material(Pki.Lists(Now.AddDays(-1))), Now));
    }

    [Fact]
    public void Crypto_constraints_failure() =>
        Reason(SubIndication.CryptoConstraintsFailure, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now, Ending("2024-12-31")));

    [Fact]
    public void Crypto_constraints_failure_without_proof_of_existence() =>
        Reason(SubIndication.CryptoConstraintsFailureNoPoe, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-60)).Concat(Pki.Lists(Now.AddDays(-1))).ToArray()), Now, Ending("2026-05-31")));

    [Fact]
    public void Signature_policy_not_available() => Reason(
        SubIndication.SignaturePolicyNotAvailable,
        Pki.Validate(Pki.Sign(new CadesStatements { Policy = ("1.2.3.4", "{}"u8.ToArray()) }), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now));

    [Fact]
    public void Policy_processing_error()
    {
        var broken = "{ \"name\": 1 }"u8.ToArray();
        var good = "{ \"name\": \"signed under\", \"version\": \"1\" }"u8.ToArray();
        var lenient = "{ \"name\": \"signed under\", \"version\": \"1\", \"levels\": { \"acceptance.signingTime\": \"ignore\", \"acceptance.signatureTimestamp\": \"warn\" } }"u8.ToArray();

        Reason(SubIndication.PolicyProcessingError, Under(broken, broken));
        Reason(SubIndication.PolicyProcessingError, Under(good, lenient));
        var result = Under(lenient, lenient);
        Passed(result);
        Assert.Equal("signed under", result.Policy.Name);
        Assert.Equal(ConstraintStatus.Warning, result.Find("acceptance.signatureTimestamp")!.Status);

        ValidationResult Under(byte[] signed, byte[] known) => Pki.Validate(
            Pki.Sign(new CadesStatements { Policy = ("1.2.3.4", signed) }),
            Pki.Material(Pki.Lists(Now.AddDays(-1))) with { SignaturePolicies = new Dictionary<string, ReadOnlyMemory<byte>> { ["1.2.3.4"] = known } }, Now);
    }

    [Fact]
    public void Timestamp_order_failure()
    {
        var cms = Pki.SignAt(Day(2026, 3, 1), new CadesStatements { ContentTimestamps = [Pki.Stamp(Content, Day(2026, 4, 1))] });

        Reason(SubIndication.TimestampOrderFailure, Pki.Validate(cms, Pki.Material(Pki.Lists(Now.AddDays(-1))), Now));
    }

    [Fact]
    public void No_signing_certificate_found()
    {
        var other = new CertificateIssuer(Pki.CaKey, Pki.Ca).Issue(Of("department", Pki.SignerKey, "Signer", Day(2026, 1, 1), Day(2027, 1, 1)));
        var subject = CadesReader.Read(Pki.Sign(), DetachedContent.Of(Content))[0] with { Certificates = [PathCertificate.Of(other), PathCertificate.Of(Pki.Ca)] };

        Reason(SubIndication.NoSigningCertificateFound, SignatureValidation.Validate(subject, Pki.Material(Pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now));
    }

    [Fact]
    public void No_certificate_chain_found()
    {
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));

        Reason(SubIndication.NoCertificateChainFound, Pki.Validate(Pki.Sign(), material with { Anchors = [Pki.Anchor(AnchorPurposes.Tsa)] }, Now));
        var later = material with { Anchors = [Pki.Anchor(AnchorPurposes.DocumentSigner, new TrustPeriod(Day(2026, 5, 1), null)), Pki.Anchor(AnchorPurposes.Tsa)] };
        Passed(Pki.Validate(Pki.SignAt(Day(2026, 5, 2)), later, Now));
        Reason(SubIndication.NoCertificateChainFound, Pki.Validate(Pki.SignAt(Day(2026, 4, 1)), later, Now));
    }

    [Fact]
    public void No_certificate_chain_found_without_proof_of_existence()
    {
        var withdrawn = Pki.Material(Pki.Lists(Now.AddDays(-1))) with { Anchors = [Pki.Anchor(AnchorPurposes.DocumentSigner, new TrustPeriod(Day(2025, 1, 1), Day(2026, 4, 1))), Pki.Anchor(AnchorPurposes.Tsa)] };

        Reason(SubIndication.NoCertificateChainFoundNoPoe, Pki.Validate(Pki.Sign(), withdrawn, Now));
        Reason(SubIndication.NoCertificateChainFoundNoPoe, Pki.Validate(Pki.SignAt(Day(2026, 5, 1)), withdrawn, Now));
        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), withdrawn, Now));
    }

    [Fact]
    public void Revoked_ca_without_proof_of_existence()
    {
        var lists = Pki.Lists(Now.AddDays(-1), (Pki.Ca, Day(2026, 4, 1), 2));

        Reason(SubIndication.RevokedCaNoPoe, Pki.Validate(Pki.Sign(), Pki.Material(lists), Now));
        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(lists), Now));
    }

    [Fact]
    public void Out_of_bounds_not_revoked()
    {
        var later = Day(2027, 3, 1);

        Reason(SubIndication.OutOfBoundsNotRevoked, Pki.Validate(Pki.Sign(), Pki.Material([.. Pki.Lists(Day(2026, 12, 20)), .. Pki.Lists(later.AddDays(-1))]), later));
    }

    [Fact]
    public void Out_of_bounds_without_proof_of_existence()
    {
        var later = Day(2027, 3, 1);

        Reason(SubIndication.OutOfBoundsNoPoe, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(later.AddDays(-1))), later));
    }

    [Fact]
    public void Revocation_out_of_bounds_without_proof_of_existence()
    {
        var oldKey = Pki.Key();
        var old = Pki.FromRoot("issuing", oldKey, "CA", Day(2025, 2, 1), Now.AddHours(-12));
        var lists = new[] { List(Pki.RootKey, Pki.Root, Now.AddDays(-1)), List(oldKey, old, Now.AddDays(-1)), List(Pki.TsaCaKey, Pki.TsaCa, Now.AddDays(-1)) };
        var material = Pki.Material(lists);

        Reason(SubIndication.RevocationOutOfBoundsNoPoe, Pki.Validate(Pki.Sign(), material with { Certificates = [.. material.Certificates, PathCertificate.Of(old)] }, Now));
    }

    [Fact]
    public void No_proof_of_existence()
    {
        // The CA is compromised in April; the list that speaks for the signer was made after that, and nothing proves an earlier one.
        var cms = Pki.Archive(Pki.Sign(), Day(2026, 5, 1));

        Reason(SubIndication.NoPoe, Pki.Validate(cms, Pki.Material(Pki.Lists(Now.AddDays(-1), (Pki.Ca, Day(2026, 4, 1), 2))), Now));
    }

    [Fact]
    public void Try_later()
    {
        Reason(SubIndication.TryLater, Pki.Validate(Pki.Sign(), Pki.Material(), Now));
        Reason(SubIndication.TryLater, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-40))), Now));
        Reason(SubIndication.TryLater, Pki.Validate(Pki.Sign(), Pki.Material(Pki.Lists(Now.AddDays(-2))), Now, ValidationPolicy.Platform with { FreshnessHours = 24 }));
        var held = Pki.Lists(Now.AddDays(-2), (Pki.Signer, Day(2026, 4, 1), 6));
        Reason(SubIndication.TryLater, Pki.Validate(Pki.Sign(), Pki.Material(held), Now));
        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(held), Now));
        Passed(Pki.Validate(Pki.Sign(), Pki.Material([.. held, .. Pki.Lists(Now.AddDays(-1))]), Now));
    }

    [Fact]
    public void Signed_data_not_found()
    {
        var subject = CadesReader.Read(Pki.Sign(), null)[0];

        Reason(SubIndication.SignedDataNotFound, SignatureValidation.Validate(subject, Pki.Material(Pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now));
    }

    [Fact]
    public void Custom()
    {
        var subject = CadesReader.Read(Pki.Sign(), DetachedContent.Of(Content))[0];
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));

        Reason(SubIndication.Custom, SignatureValidation.Validate(subject with { Rules = [new FormatRule("test.rule", "规则", "A rule", Kept: false)] }, material, ValidationPolicy.Platform, Now));
        Passed(SignatureValidation.Validate(subject with { Rules = [new FormatRule("test.rule", "规则", "A rule", Kept: true)] }, material, ValidationPolicy.Platform, Now));
    }
}

/// <summary>With ECDSA and SHA-256.</summary>
public sealed class InternationalIndeterminateTests() : IndeterminateSuite(SignatureSuite.International);

/// <summary>With SM2 and SM3.</summary>
public sealed class SmIndeterminateTests() : IndeterminateSuite(SignatureSuite.Sm);
