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

/// <summary>What timestamps, archive timestamps and lists prove of the past, and what they do not.</summary>
public abstract class ProofSuite(SignatureSuite suite) : ValidationCase(suite)
{
    [Fact]
    public void A_timestamp_proves_the_best_signature_time()
    {
        var result = Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.BestSignatureTime);
        Assert.True(result.TimeProven);
    }

    [Fact]
    public void A_revocation_after_the_best_signature_time_does_no_harm()
    {
        var lists = Pki.Lists(Now.AddDays(-1), (Pki.Signer, Day(2026, 4, 1), 1));

        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(lists), Now));
        Reason(SubIndication.RevokedNoPoe, Pki.Validate(Pki.SignAt(Day(2026, 5, 1)), Pki.Material(lists), Now));
        Reason(SubIndication.RevokedNoPoe, Pki.Validate(Pki.Sign(), Pki.Material(lists), Now));
    }

    [Fact]
    public void An_expired_certificate_with_proof_of_existence_stays_valid()
    {
        var later = Day(2027, 3, 1);
        var lists = Pki.Lists(Day(2026, 12, 20)).Concat(Pki.Lists(later.AddDays(-1))).ToArray();

        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(lists), later));
    }

    [Fact]
    public void A_list_made_after_the_end_speaks_for_a_certificate_only_where_the_policy_says_so()
    {
        var later = Day(2027, 3, 1);
        var kept = ValidationPolicy.Platform with { ListsKeepExpired = true };

        Passed(Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(Pki.Lists(later.AddDays(-1))), later, kept));
        Reason(SubIndication.TryLater, Pki.Validate(Pki.SignAt(Day(2026, 3, 1)), Pki.Material(Pki.Lists(later.AddDays(-1))), later));
    }

    [Fact]
    public void An_archive_timestamp_keeps_a_signature_alive_when_signer_and_first_authority_have_expired()
    {
        var firstKey = Pki.Key();
        var first = Pki.TsaOf(firstKey, Day(2025, 3, 1), Day(2028, 1, 1));
        var signed = Pki.Sign();
        var cms = CmsSignatures.AddTimestamp(signed, Pki.StampDigest(Suite.Hash(CmsSignatures.SignatureValue(signed)), Day(2026, 3, 1), firstKey, first));
        cms = CadesSignatures.AddValidationData(cms, [Pki.TsaCa.GetEncoded()], Pki.Lists(Day(2026, 12, 20)));
        var archived = Pki.Archive(cms, Day(2026, 12, 30));
        var late = Day(2030, 1, 1);
        var material = Pki.Material(Pki.Lists(late.AddDays(-1)));

        var result = Pki.Validate(archived, material, late);
        Passed(result);
        Assert.Equal(Day(2026, 3, 1), result.BestSignatureTime);
        Assert.Equal(Indication.Indeterminate, Pki.Validate(cms, material, late).Conclusion.Indication);
        Assert.Equal(Indication.Indeterminate, result.Basic.Indication);
    }

    [Fact]
    public void An_archive_timestamp_over_something_that_was_taken_out_proves_nothing()
    {
        var cms = CadesSignatures.AddValidationData(Pki.Sign(), [], Pki.Lists(Day(2026, 5, 1)));
        var archived = Pki.Archive(cms, Day(2026, 5, 2));
        var data = Org.BouncyCastle.Asn1.Cms.SignedData.GetInstance(Org.BouncyCastle.Asn1.Cms.ContentInfo.GetInstance(archived).Content);
        var without = new Org.BouncyCastle.Asn1.Cms.ContentInfo(
            Org.BouncyCastle.Asn1.Cms.CmsObjectIdentifiers.SignedData,
            new Org.BouncyCastle.Asn1.Cms.SignedData(data.DigestAlgorithms, data.EncapContentInfo, data.Certificates, null, data.SignerInfos)).GetDerEncoded();
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));

        Assert.True(Pki.Validate(archived, material, Now).TimeProven);
        Assert.False(Pki.Validate(without, material, Now).TimeProven);
    }

    [Fact]
    public void No_flipped_byte_makes_it_throw_or_moves_the_proven_time()
    {
        var cms = Pki.Archive(Pki.SignAt(Day(2026, 3, 1)), Day(2026, 5, 1));
        var material = Pki.Material(Pki.Lists(Now.AddDays(-1)));
        var right = Pki.Validate(cms, material, Now).BestSignatureTime;

        for (var i = 0; i < cms.Length; i += 13)
        {
            var changed = (byte[])cms.Clone();
            changed[i] ^= 0x01;
            var result = Pki.Validate(changed, material, Now);
            Assert.True(!result.Conclusion.IsPassed || result.BestSignatureTime >= right, $"byte {i}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_timestamp_of_a_stranger_or_over_other_data_proves_nothing(int kind)
    {
        var cms = Pki.Sign();
        using var stranger = new ValidationPki(Suite);
        var token = kind == 0 ? stranger.Stamp(CmsSignatures.SignatureValue(cms), Day(2026, 3, 1)) : Pki.Stamp("other"u8.ToArray(), Day(2026, 3, 1));

        var result = Pki.Validate(CmsSignatures.AddTimestamp(cms, token), Pki.Material(Pki.Lists(Now.AddDays(-1))), Now);

        Passed(result);
        Assert.False(result.TimeProven);
        Assert.False(Assert.Single(result.Timestamps).Conclusion.IsPassed);
    }

    [Fact]
    public void A_key_that_grew_too_weak_is_saved_by_an_earlier_timestamp()
    {
        using var weak = new ValidationPki(Suite, SignatureAlgorithm.Rs256);
        var policy = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Algorithm = "RSA", Until = new DateOnly(2026, 4, 1), Source = "test" }] };
        var material = weak.Material(weak.Lists(Now.AddDays(-1)));

        Reason(SubIndication.CryptoConstraintsFailureNoPoe, weak.Validate(weak.Sign(), material, Now, policy));
        Reason(SubIndication.CryptoConstraintsFailureNoPoe, weak.Validate(weak.SignAt(Day(2026, 5, 1)), material, Now, policy));
        Passed(weak.Validate(weak.SignAt(Day(2026, 3, 1)), material, Now, policy));
    }
}

/// <summary>With ECDSA and SHA-256.</summary>
public sealed class InternationalProofTests() : ProofSuite(SignatureSuite.International);

/// <summary>With SM2 and SM3.</summary>
public sealed class SmProofTests() : ProofSuite(SignatureSuite.Sm);
