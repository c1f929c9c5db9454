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

/// <summary>Every indication and sub-indication of ETSI EN 319 102-1, each reached with real signatures, certificates, lists and timestamps, in each suite.</summary>
public abstract class ValidationSuite(SignatureSuite suite) : IDisposable
{
    private static readonly DateTimeOffset Now = Day(2026, 6, 1);
    private readonly ValidationPki pki = new(suite);

    public void Dispose()
    {
        pki.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_basic_signature_passes()
    {
        var result = pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.False(result.TimeProven);
        Assert.Equal(3, result.Path.Count);
    }

    [Fact]
    public void An_attached_signature_without_other_content_passes()
    {
        var cms = pki.Sign(new CadesStatements { Attached = true, SigningTime = Day(2026, 3, 1) });
        var subject = Assert.Single(CadesReader.Read(cms, null));

        var result = SignatureValidation.Validate(subject, pki.Material(pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now);

        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.Signature.ClaimedTime);
    }

    [Fact]
    public void A_timestamp_proves_the_best_signature_time()
    {
        var result = pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.BestSignatureTime);
        Assert.True(result.TimeProven);
    }

    [Fact]
    public void A_revocation_after_the_best_signature_time_does_no_harm()
    {
        var lists = pki.Lists(Now.AddDays(-1), (pki.Signer, Day(2026, 4, 1), 1));

        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(lists), Now));
        Reason(SubIndication.RevokedNoPoe, pki.Validate(pki.SignAt(Day(2026, 5, 1)), pki.Material(lists), Now));
        Reason(SubIndication.RevokedNoPoe, pki.Validate(pki.Sign(), pki.Material(lists), Now));
    }

    [Fact]
    public void An_expired_certificate_with_proof_of_existence_stays_valid()
    {
        var later = Day(2027, 3, 1);
        var lists = pki.Lists(Day(2026, 12, 20)).Concat(pki.Lists(later.AddDays(-1))).ToArray();

        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(lists), later));
    }

    [Fact]
    public void Format_failure() => Reason(SubIndication.FormatFailure, pki.Validate("not a signature"u8.ToArray(), pki.Material(), Now), Indication.Failed);

    [Fact]
    public void Hash_failure() =>
        Reason(SubIndication.HashFailure, pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1))), Now, content: "other"u8.ToArray()), Indication.Failed);

    [Fact]
    public void A_changed_document_of_a_stranger_is_wrong_for_good() =>
        Reason(SubIndication.HashFailure, pki.Validate(pki.Sign(), new ValidationMaterial(), Now, content: "other"u8.ToArray()), Indication.Failed);

    [Fact]
    public void Sig_crypto_failure()
    {
        var cms = pki.Sign();
        var value = CmsSignatures.SignatureValue(cms);
        cms[cms.AsSpan().IndexOf(value) + value.Length - 1] ^= 1;

        Reason(SubIndication.SigCryptoFailure, pki.Validate(cms, pki.Material(pki.Lists(Now.AddDays(-1))), Now), Indication.Failed);
    }

    [Fact]
    public void Revoked()
    {
        var cms = pki.Sign(new CadesStatements { ContentTimestamps = [pki.Stamp(Content, Day(2026, 5, 1))] });

        Reason(SubIndication.Revoked, pki.Validate(cms, pki.Material(pki.Lists(Now.AddDays(-1), (pki.Signer, Day(2026, 4, 1), 1))), Now), Indication.Failed);
    }

    [Fact]
    public void Expired()
    {
        var later = Day(2027, 3, 1);
        var cms = pki.Sign(new CadesStatements { ContentTimestamps = [pki.Stamp(Content, Day(2027, 2, 1))] });

        Reason(SubIndication.Expired, pki.Validate(cms, pki.Material(pki.Lists(later.AddDays(-1))), later), Indication.Failed);
    }

    [Fact]
    public void Not_yet_valid() =>
        Assert.All(
            [pki.Validate(pki.SignAt(Day(2025, 12, 1)), pki.Material(pki.Lists(Now.AddDays(-1))), Now), pki.Validate(pki.Sign(), pki.Material(pki.Lists(Day(2025, 12, 1))), Day(2025, 12, 2))],
            result => Reason(SubIndication.NotYetValid, result, Indication.Failed));

    [Fact]
    public void Sig_constraints_failure()
    {
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));
        var wantsTime = Policy("""{ "levels": { "acceptance.signatureTimestamp": "ignore" } }""");
        var wantsStamp = Policy("""{ "levels": { "acceptance.signingTime": "ignore" } }""");
        var wantsSoon = Policy("""{ "timestampDelayHours": 24 }""");

        Reason(SubIndication.SigConstraintsFailure, pki.Validate(pki.Sign(), material, Now, wantsTime));
        Reason(SubIndication.SigConstraintsFailure, pki.Validate(pki.Sign(), material, Now, wantsStamp));
        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 2), new CadesStatements { SigningTime = Day(2026, 3, 1) }), material, Now, wantsSoon));
        Reason(SubIndication.SigConstraintsFailure, pki.Validate(pki.SignAt(Day(2026, 3, 3), new CadesStatements { SigningTime = Day(2026, 3, 1) }), material, Now, wantsSoon));
        Reason(SubIndication.SigConstraintsFailure, pki.Validate(pki.Sign(new CadesStatements { NamesCertificate = false }), material, Now));
    }

    [Fact]
    public void Chain_constraints_failure()
    {
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));
        var purpose = Policy("""{ "signers": { "signature": { "anchors": ["document-signer"], "purpose": "1.3.6.1.5.5.7.3.4" } }, "levels": { "acceptance.signingTime": "ignore", "acceptance.signatureTimestamp": "ignore" } }""");
        var policies = Policy("""{ "signers": { "signature": { "anchors": ["document-signer"], "certificatePolicies": ["1.2.3.4"] } }, "levels": { "acceptance.signingTime": "ignore", "acceptance.signatureTimestamp": "ignore" } }""");
        var other = Policy($$"""{ "signers": { "signature": { "anchors": ["document-signer"], "suites": ["{{(suite == SignatureSuite.Sm ? "international" : "sm")}}"] } } }""");

        Reason(SubIndication.ChainConstraintsFailure, pki.Validate(pki.Sign(), material, Now, purpose));
        Reason(SubIndication.ChainConstraintsFailure, pki.Validate(pki.Sign(), material, Now, policies));
        Assert.Equal(Indication.Indeterminate, pki.Validate(pki.Sign(), material, Now, other).Conclusion.Indication);
        var usage = new CertificateIssuer(pki.CaKey, pki.Ca).Issue(Of("issuing", pki.SignerKey, "Signer", Day(2026, 1, 1), Day(2027, 1, 1)));
        Reason(SubIndication.ChainConstraintsFailure, pki.Validate(CadesSignatures.Create(pki.SignerKey, [usage], Content, new CadesStatements()), material, Now));
    }

    [Fact]
    public void Certificate_chain_general_failure()
    {
        var key = pki.Key();
        var end = new CertificateIssuer(pki.SignerKey, pki.Signer).Issue(Of("department", key, "Below", Day(2026, 2, 1), Day(2026, 12, 1)));
        var cms = CadesSignatures.Create(key, [end, pki.Signer, pki.Ca], Content, new CadesStatements());

        Reason(SubIndication.CertificateChainGeneralFailure, pki.Validate(cms, pki.Material(pki.Lists(Now.AddDays(-1))), Now));
    }

    [Fact]
    public void Crypto_constraints_failure() =>
        Reason(SubIndication.CryptoConstraintsFailure, pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-1))), Now, Ending("2024-12-31")));

    [Fact]
    public void Crypto_constraints_failure_without_proof_of_existence() =>
        Reason(SubIndication.CryptoConstraintsFailureNoPoe, pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-60)).Concat(pki.Lists(Now.AddDays(-1))).ToArray()), Now, Ending("2026-05-31")));

    [Fact]
    public void Signature_policy_not_available() => Reason(
        SubIndication.SignaturePolicyNotAvailable,
        pki.Validate(pki.Sign(new CadesStatements { Policy = ("1.2.3.4", "{}"u8.ToArray()) }), pki.Material(pki.Lists(Now.AddDays(-1))), Now));

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

        ValidationResult Under(byte[] signed, byte[] known) => pki.Validate(
            pki.Sign(new CadesStatements { Policy = ("1.2.3.4", signed) }),
            pki.Material(pki.Lists(Now.AddDays(-1))) with { SignaturePolicies = new Dictionary<string, ReadOnlyMemory<byte>> { ["1.2.3.4"] = known } }, Now);
    }

    [Fact]
    public void Timestamp_order_failure()
    {
        var cms = pki.SignAt(Day(2026, 3, 1), new CadesStatements { ContentTimestamps = [pki.Stamp(Content, Day(2026, 4, 1))] });

        Reason(SubIndication.TimestampOrderFailure, pki.Validate(cms, pki.Material(pki.Lists(Now.AddDays(-1))), Now));
    }

    [Fact]
    public void No_signing_certificate_found()
    {
        var other = new CertificateIssuer(pki.CaKey, pki.Ca).Issue(Of("department", pki.SignerKey, "Signer", Day(2026, 1, 1), Day(2027, 1, 1)));
        var subject = CadesReader.Read(pki.Sign(), DetachedContent.Of(Content))[0] with { Certificates = [PathCertificate.Of(other), PathCertificate.Of(pki.Ca)] };

        Reason(SubIndication.NoSigningCertificateFound, SignatureValidation.Validate(subject, pki.Material(pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now));
    }

    [Fact]
    public void No_certificate_chain_found()
    {
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));

        Reason(SubIndication.NoCertificateChainFound, pki.Validate(pki.Sign(), material with { Anchors = [pki.Anchor(AnchorPurposes.Tsa)] }, Now));
        var later = material with { Anchors = [pki.Anchor(AnchorPurposes.DocumentSigner, new TrustPeriod(Day(2026, 5, 1), null)), pki.Anchor(AnchorPurposes.Tsa)] };
        Passed(pki.Validate(pki.SignAt(Day(2026, 5, 2)), later, Now));
        Reason(SubIndication.NoCertificateChainFound, pki.Validate(pki.SignAt(Day(2026, 4, 1)), later, Now));
    }

    [Fact]
    public void No_certificate_chain_found_without_proof_of_existence()
    {
        var withdrawn = pki.Material(pki.Lists(Now.AddDays(-1))) with { Anchors = [pki.Anchor(AnchorPurposes.DocumentSigner, new TrustPeriod(Day(2025, 1, 1), Day(2026, 4, 1))), pki.Anchor(AnchorPurposes.Tsa)] };

        Reason(SubIndication.NoCertificateChainFoundNoPoe, pki.Validate(pki.Sign(), withdrawn, Now));
        Reason(SubIndication.NoCertificateChainFoundNoPoe, pki.Validate(pki.SignAt(Day(2026, 5, 1)), withdrawn, Now));
        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), withdrawn, Now));
    }

    [Fact]
    public void Revoked_ca_without_proof_of_existence()
    {
        var lists = pki.Lists(Now.AddDays(-1), (pki.Ca, Day(2026, 4, 1), 2));

        Reason(SubIndication.RevokedCaNoPoe, pki.Validate(pki.Sign(), pki.Material(lists), Now));
        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(lists), Now));
    }

    [Fact]
    public void Out_of_bounds_not_revoked()
    {
        var later = Day(2027, 3, 1);

        Reason(SubIndication.OutOfBoundsNotRevoked, pki.Validate(pki.Sign(), pki.Material([.. pki.Lists(Day(2026, 12, 20)), .. pki.Lists(later.AddDays(-1))]), later));
    }

    [Fact]
    public void Out_of_bounds_without_proof_of_existence()
    {
        var later = Day(2027, 3, 1);

        Reason(SubIndication.OutOfBoundsNoPoe, pki.Validate(pki.Sign(), pki.Material(pki.Lists(later.AddDays(-1))), later));
    }

    [Fact]
    public void A_list_made_after_the_end_speaks_for_a_certificate_only_where_the_policy_says_so()
    {
        var later = Day(2027, 3, 1);
        var kept = ValidationPolicy.Platform with { ListsKeepExpired = true };

        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(pki.Lists(later.AddDays(-1))), later, kept));
        Reason(SubIndication.TryLater, pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(pki.Lists(later.AddDays(-1))), later));
    }

    [Fact]
    public void Revocation_out_of_bounds_without_proof_of_existence()
    {
        var oldKey = pki.Key();
        var old = pki.FromRoot("issuing", oldKey, "CA", Day(2025, 2, 1), Now.AddHours(-12));
        var lists = new[] { List(pki.RootKey, pki.Root, Now.AddDays(-1)), List(oldKey, old, Now.AddDays(-1)), List(pki.TsaCaKey, pki.TsaCa, Now.AddDays(-1)) };
        var material = pki.Material(lists);

        Reason(SubIndication.RevocationOutOfBoundsNoPoe, pki.Validate(pki.Sign(), material with { Certificates = [.. material.Certificates, PathCertificate.Of(old)] }, Now));
    }

    [Fact]
    public void No_proof_of_existence()
    {
        // The CA is compromised in April; the list that speaks for the signer was made after that, and nothing proves an earlier one.
        var cms = pki.Archive(pki.Sign(), Day(2026, 5, 1));

        Reason(SubIndication.NoPoe, pki.Validate(cms, pki.Material(pki.Lists(Now.AddDays(-1), (pki.Ca, Day(2026, 4, 1), 2))), Now));
    }

    [Fact]
    public void Try_later()
    {
        Reason(SubIndication.TryLater, pki.Validate(pki.Sign(), pki.Material(), Now));
        Reason(SubIndication.TryLater, pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-40))), Now));
        Reason(SubIndication.TryLater, pki.Validate(pki.Sign(), pki.Material(pki.Lists(Now.AddDays(-2))), Now, ValidationPolicy.Platform with { FreshnessHours = 24 }));
        var held = pki.Lists(Now.AddDays(-2), (pki.Signer, Day(2026, 4, 1), 6));
        Reason(SubIndication.TryLater, pki.Validate(pki.Sign(), pki.Material(held), Now));
        Passed(pki.Validate(pki.SignAt(Day(2026, 3, 1)), pki.Material(held), Now));
        Passed(pki.Validate(pki.Sign(), pki.Material([.. held, .. pki.Lists(Now.AddDays(-1))]), Now));
    }

    [Fact]
    public void Signed_data_not_found()
    {
        var subject = CadesReader.Read(pki.Sign(), null)[0];

        Reason(SubIndication.SignedDataNotFound, SignatureValidation.Validate(subject, pki.Material(pki.Lists(Now.AddDays(-1))), ValidationPolicy.Platform, Now));
    }

    [Fact]
    public void Custom()
    {
        var subject = CadesReader.Read(pki.Sign(), DetachedContent.Of(Content))[0];
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));

        Reason(SubIndication.Custom, SignatureValidation.Validate(subject with { Rules = [new FormatRule("test.rule", "规则", "A rule", Kept: false)] }, material, ValidationPolicy.Platform, Now));
        Passed(SignatureValidation.Validate(subject with { Rules = [new FormatRule("test.rule", "规则", "A rule", Kept: true)] }, material, ValidationPolicy.Platform, Now));
    }

    [Fact]
    public void An_archive_timestamp_keeps_a_signature_alive_when_signer_and_first_authority_have_expired()
    {
        var firstKey = pki.Key();
        var first = pki.TsaOf(firstKey, Day(2025, 3, 1), Day(2028, 1, 1));
        var signed = pki.Sign();
        var cms = CmsSignatures.AddTimestamp(signed, pki.StampDigest(suite.Hash(CmsSignatures.SignatureValue(signed)), Day(2026, 3, 1), firstKey, first));
        cms = CadesSignatures.AddValidationData(cms, [pki.TsaCa.GetEncoded()], pki.Lists(Day(2026, 12, 20)));
        var archived = pki.Archive(cms, Day(2026, 12, 30));
        var late = Day(2030, 1, 1);
        var material = pki.Material(pki.Lists(late.AddDays(-1)));

        var result = pki.Validate(archived, material, late);
        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.BestSignatureTime);
        Assert.Equal(Indication.Indeterminate, pki.Validate(cms, material, late).Conclusion.Indication);
        Assert.Equal(Indication.Indeterminate, result.Basic.Indication);
    }

    [Fact]
    public void An_archive_timestamp_over_something_that_was_taken_out_proves_nothing()
    {
        var cms = CadesSignatures.AddValidationData(pki.Sign(), [], pki.Lists(Day(2026, 5, 1)));
        var archived = pki.Archive(cms, Day(2026, 5, 2));
        var data = Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance(Org.BouncyCastle.Asn1.Cms.ContentInfo.GetInstance(archived).Content);
        var without = new Org.BouncyCastle.Asn1.Cms.ContentInfo(
            Org.BouncyCastle.Asn1.Cms.CmsObjectIdentifiers.SignedData,
            new Org.BouncyCastle.Asn1.Cms.SignedData(data.DigestAlgorithms, data.EncapContentInfo, data.Certificates, null, data.SignerInfos)).GetDerEncoded();
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));

        Assert.True(pki.Validate(archived, material, Now).TimeProven);
        Assert.False(pki.Validate(without, material, Now).TimeProven);
    }

    [Fact]
    public void No_flipped_byte_makes_it_throw_or_moves_the_proven_time()
    {
        var cms = pki.Archive(pki.SignAt(Day(2026, 3, 1)), Day(2026, 5, 1));
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));
        var right = pki.Validate(cms, material, Now).BestSignatureTime;

        for (var i = 0; i < cms.Length; i += 13)
        {
            var changed = (byte[])cms.Clone();
            changed[i] ^= 0x01;
            var result = pki.Validate(changed, material, Now);
            Assert.True(!result.Conclusion.IsPassed || result.BestSignatureTime >= right, $"byte {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_timestamp_of_a_stranger_or_over_other_data_proves_nothing(int kind)
    {
        var cms = pki.Sign();
        using var stranger = new ValidationPki(suite);
        var token = kind == 0 ? stranger.Stamp(CmsSignatures.SignatureValue(cms), Day(2026, 3, 1)) : pki.Stamp("other"u8.ToArray(), Day(2026, 3, 1));

        var result = pki.Validate(CmsSignatures.AddTimestamp(cms, token), pki.Material(pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.False(result.TimeProven);
        Assert.False(Assert.Single(result.Timestamps).Conclusion.IsPassed);
    }

    [Fact]
    public void A_key_that_grew_too_weak_is_saved_by_an_earlier_timestamp()
    {
        using var weak = new ValidationPki(suite, SignatureAlgorithm.Rs256);
        var policy = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Algorithm = "RSA", Until = new DateOnly(2026, 4, 1), Source = "test" }] };
        var material = weak.Material(weak.Lists(Now.AddDays(-1)));

        Reason(SubIndication.CryptoConstraintsFailureNoPoe, weak.Validate(weak.Sign(), material, Now, policy));
        Reason(SubIndication.CryptoConstraintsFailureNoPoe, weak.Validate(weak.SignAt(Day(2026, 5, 1)), material, Now, policy));
        Passed(weak.Validate(weak.SignAt(Day(2026, 3, 1)), material, Now, policy));
    }

    private ValidationPolicy Ending(string day)
    {
        var hash = suite == SignatureSuite.Sm ? "SM3" : "SHA-256";
        return ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Hash = hash, Until = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), Source = "test" }] };
    }

    private static ValidationPolicy Policy(string members) =>
        ValidationPolicy.Parse(System.Text.Encoding.UTF8.GetBytes("{ \"name\": \"test\", \"version\": \"1\"," + members.TrimStart()[1..]));

    private static void Passed(ValidationResult result) => Assert.True(result.Conclusion.IsPassed, Told(result));

    private static void Reason(SubIndication expected, ValidationResult result, Indication indication = Indication.Indeterminate)
    {
        Assert.True(result.Conclusion.SubIndication == expected, Told(result));
        Assert.Equal(indication, result.Conclusion.Indication);
    }

    private static string Told(ValidationResult result) => string.Join('\n', result.Blocks.Select(b =>
        $"{b.Block} {b.Subject[..Math.Min(30, b.Subject.Length)]}: {b.Conclusion.Indication} {b.Conclusion.SubIndication} {b.Conclusion.Detail}").Prepend($"{result.Conclusion}"));
}

/// <summary>With ECDSA and SHA-256.</summary>
public sealed class InternationalValidationTests() : ValidationSuite(SignatureSuite.International);

/// <summary>With SM2 and SM3.</summary>
public sealed class SmValidationTests() : ValidationSuite(SignatureSuite.Sm);
