using System.Text;
using NJsonSchema;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using Yinxin.Trust.Validation.Reports;
using Yinxin.Trust.Validation.Subjects;
using static Yinxin.Trust.Tests.Validation.ValidationPki;
using EvidenceRecord = Yinxin.Trust.Evidence.EvidenceRecord;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>Evidence records (RFC 4998) as proof for signatures that nothing else would save (ETSI EN 319 102-1 §5.6.3.4 step 1).</summary>
public abstract class EvidenceRecordSuite(SignatureSuite suite) : ValidationCase(suite)
{
    private static readonly DateTimeOffset Made = Day(2026, 3, 1);
    private static readonly DateTimeOffset Later = Day(2027, 3, 1);

    [Fact]
    public async Task A_signature_whose_signer_was_revoked_and_expired_and_whose_digest_is_broken_is_saved()
    {
        using var pki = Weak();
        var cms = pki.Sign();
        var record = await RecordAsync(pki, [cms], Made);
        var material = Material(pki, Later, (pki.Signer, Day(2026, 7, 1), 1));

        Assert.Equal(Indication.Indeterminate, pki.Validate(cms, material, Later, Broken).Conclusion.Indication);
        var result = Validate(cms, material, Later, Broken, record);
        Passed(result);
        Assert.Equal(Made, result.BestSignatureTime);
        Assert.Equal(Made, Assert.Single(result.EvidenceRecords).Since);
        Reason(SubIndication.RevokedNoPoe, Validate(cms, Material(pki, Later, (pki.Signer, Day(2026, 2, 1), 1)), Later, Broken, record));
        Assert.Equal(Indication.Indeterminate, Validate(cms, material, Later, Broken, await RecordAsync(pki, [cms], Day(2026, 5, 2))).Conclusion.Indication);
    }

    [Fact]
    public async Task A_record_proves_exactly_what_it_covers()
    {
        var cms = Pki.Sign();
        var material = Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1));

        Passed(Validate(cms, material, Later, null, await RecordAsync(Pki, [cms, Content], Made)));
        Passed(Validate(cms, material, Later, null, await RecordAsync(Pki, [Content, cms, "another of the group"u8.ToArray()], Made, single: true)));
        var other = Validate(cms, material, Later, null, await RecordAsync(Pki, ["another document"u8.ToArray()], Made));
        Reason(SubIndication.RevokedNoPoe, other);
        Assert.Equal(SubIndication.HashFailure, Assert.Single(other.EvidenceRecords).Conclusion.SubIndication);
        Assert.Empty(other.Proofs);

        var content = Validate(cms, material, Later, null, await RecordAsync(Pki, [Content], Made));
        Reason(SubIndication.RevokedNoPoe, content);
        Assert.Equal(EvidenceKey.Of(Content), Assert.Single(content.Proofs).Key);
    }

    [Fact]
    public async Task What_lies_in_the_signature_is_proved_with_it()
    {
        // The CA is compromised in April; only the record proves that the list of February is older than that.
        var cms = CadesSignatures.AddValidationData(Pki.SignAt(Day(2026, 2, 1)), [], Pki.Lists(Day(2026, 2, 20)));
        var record = await RecordAsync(Pki, [cms], Made);
        var material = Material(Pki, Now, (Pki.Ca, Day(2026, 4, 1), 2));

        var result = Validate(cms, material, Now, null, record);
        Passed(result);
        Assert.Contains(result.Proofs, p => p.Key == EvidenceKey.Of(Pki.Signer.GetEncoded()) && p.Time == Made);
        Assert.Contains(result.Revocation, r => r.IssuedAt == Day(2026, 2, 20) && result.Proofs.Any(p => p.Key == r.Key && p.Time == Made));
    }

    [Theory]
    [InlineData(2027, true)]
    [InlineData(2028, false)]
    public async Task A_timestamp_is_renewed_before_its_authority_ends_or_in_vain(int year, bool holds)
    {
        var (first, second) = (Authority(Day(2028, 1, 1)), Authority(Day(2033, 1, 1)));
        var cms = Pki.Sign();
        var record = await MakeAsync([cms], TreeHash, first, Made);
        record = Assert.Single(await EvidenceRecords.RenewTimestampsAsync([record], Stamp(second, Day(year, 12, 1)), default));
        var (late, policy) = (Day(2030, 1, 1), ValidationPolicy.Platform);

        foreach (var asked in new[] { policy, ValidationPolicy.Documents })
        {
            var result = Validate(cms, Material(Pki, late, (Pki.Signer, Day(2026, 7, 1), 1)), late, asked, record.Encode());
            Assert.Equal(holds, result.EvidenceRecords[0].Conclusion.IsPassed);
            Assert.Equal(holds, result.Conclusion.IsPassed);
            Assert.Equal(2, result.Timestamps.Count(t => t.Role == "evidence"));
        }
    }

    [Theory]
    [InlineData(2027, true)]
    [InlineData(2028, false)]
    public async Task A_tree_is_renewed_before_its_digest_ends_or_in_vain(int year, bool holds)
    {
        var cms = Pki.Sign();
        var authority = Authority(Day(2033, 1, 1));
        var record = await MakeAsync([cms], HashFunction.Sha512, authority, Made);
        var tree = Assert.Single(await EvidenceRecords.RenewHashTreesAsync([(record, [EvidenceDocument.Of(cms)])], HashFunction.Sha3Bits512, Stamp(authority, Day(year, 12, 1)), default));
        var onlyTimestamp = Assert.Single(await EvidenceRecords.RenewTimestampsAsync([record], Stamp(authority, Day(year, 12, 1)), default));
        var policy = ValidationPolicy.Platform with { Algorithms = [new AlgorithmLimit { Hash = "SHA-512", Until = new DateOnly(2028, 1, 1), Source = "test" }] };
        var late = Day(2030, 1, 1);
        var material = Material(Pki, late, (Pki.Signer, Day(2026, 7, 1), 1));

        Assert.Equal(holds, Validate(cms, material, late, policy, tree.Encode()).Conclusion.IsPassed);
        Reason(SubIndication.RevokedNoPoe, Validate(cms, material, late, policy, onlyTimestamp.Encode()));
        Reason(SubIndication.RevokedNoPoe, Validate(cms, material, late, policy, record.Encode()));
        Passed(Validate(cms, material, late, ValidationPolicy.Platform, record.Encode()));
    }

    [Fact]
    public async Task An_authority_that_was_revoked_before_the_renewal_proves_nothing()
    {
        var (first, second) = (Authority(Day(2033, 1, 1)), Authority(Day(2033, 1, 1)));
        var cms = Pki.Sign();
        var record = Assert.Single(await EvidenceRecords.RenewTimestampsAsync([await MakeAsync([cms], TreeHash, first, Made)], Stamp(second, Day(2026, 12, 1)), default)).Encode();

        Passed(Validate(cms, Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1), (first.Certificate, Day(2026, 12, 2), 1)), Later, null, record));
        Reason(SubIndication.RevokedNoPoe, Validate(cms, Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1), (first.Certificate, Day(2026, 11, 30), 1)), Later, null, record));
        using var stranger = new ValidationPki(Suite);
        Reason(SubIndication.RevokedNoPoe, Validate(cms, Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1)), Later, null, await RecordAsync(stranger, [cms], Made)));
    }

    [Fact]
    public async Task No_changed_byte_of_a_record_throws_or_moves_the_proven_time()
    {
        var cms = Pki.Sign();
        var authority = Authority(Day(2033, 1, 1));
        var made = await EvidenceRecords.CreateAsync([[EvidenceDocument.Of(cms)], [EvidenceDocument.Of(Content)]], TreeHash, Stamp(authority, Made), default);
        var record = Assert.Single(await EvidenceRecords.RenewHashTreesAsync([(made[0], [EvidenceDocument.Of(cms)])], HashFunction.Sha512, Stamp(authority, Day(2026, 12, 1)), default)).Encode();
        var material = Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1));
        Passed(Validate(cms, material, Later, null, record));
        var refused = 0;

        for (var i = 0; i < record.Length; i += 11)
        {
            var changed = (byte[])record.Clone();
            changed[i] ^= 0x01;
            var result = Validate(cms, material, Later, null, changed);
            refused += result.Conclusion.IsPassed ? 0 : 1;
            Assert.True(!result.Conclusion.IsPassed || result.BestSignatureTime == Made, $"byte {i}");
        }

        // What is left are copies of CA certificates in the newest token, which nothing signs and the verifier has of its own.
        Assert.True(refused > record.Length / 11 / 2);
        Assert.Equal(SubIndication.FormatFailure, Validate(cms, material, Later, null, "no record"u8.ToArray()).EvidenceRecords[0].Conclusion.SubIndication);
    }

    [Fact]
    public async Task The_detailed_report_shows_it_by_the_published_schema()
    {
        var schema = await JsonSchema.FromJsonAsync(Encoding.UTF8.GetString(ValidationReports.Schema()), TestContext.Current.CancellationToken);
        var cms = Pki.Sign();
        var material = Material(Pki, Later, (Pki.Signer, Day(2026, 7, 1), 1));
        var reports = new[] { await RecordAsync(Pki, [cms], Made), "no record"u8.ToArray() }.Select(r => ValidationReports.Detailed(Validate(cms, material, Later, null, r))).ToList();

        Assert.All(reports, r => Assert.Empty(schema.Validate(Encoding.UTF8.GetString(ValidationReports.ToJson(r)))));
        Assert.Equal([Made, null], reports.Select(r => Assert.Single(r.EvidenceRecords).Since));
        Assert.Contains(reports[0].Blocks, b => b is { Block: "evidence-record-validation", Clause: "5.6.3.4" });
        Assert.Equal(["evidence"], reports[0].Timestamps.Select(t => t.Role));
    }

    [Fact]
    public async Task A_signature_timestamp_that_is_younger_than_the_record_over_it_contradicts_it()
    {
        var subject = CadesReader.Read(Pki.SignAt(Day(2026, 4, 1)), DetachedContent.Of(Content))[0];
        var cms = Pki.Sign();
        var record = CadesEvidence.Read(await RecordAsync(Pki, [cms], Made), "evidence-1", cms, null);

        // The same record, said to prove the value that the younger timestamp is over.
        var forged = subject with { EvidenceRecords = [record with { Proves = [.. record.Proves, EvidenceKey.Of(subject.Value.Span)] }] };

        Reason(SubIndication.TimestampOrderFailure, SignatureValidation.Validate(forged, Material(Pki, Now), ValidationPolicy.Platform, Now));
    }

    private HashFunction TreeHash => Suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256;

    /// <summary>The signature alone uses a digest that ended in April; certificates, lists and timestamps use others.</summary>
    private ValidationPolicy Broken => ValidationPolicy.Platform with
    {
        Algorithms = [new AlgorithmLimit { Hash = Suite == SignatureSuite.Sm ? "SHA-256" : "SHA-384", Until = new DateOnly(2026, 5, 1), Source = "test" }],
    };

    private ValidationPki Weak() => new(Suite, Suite == SignatureSuite.Sm ? SignatureAlgorithm.Es256 : SignatureAlgorithm.Es384);

    /// <summary>Lists of now, and of the last days of the certificates that ended before.</summary>
    private static ValidationMaterial Material(ValidationPki pki, DateTimeOffset now, params (X509Certificate Certificate, DateTimeOffset At, int Reason)[] revoked)
    {
        DateTimeOffset[] days = [Day(2026, 12, 20), Day(2027, 12, 20), now.AddDays(-1)];
        return pki.Material([.. days.Where(d => d < now).SelectMany(d => pki.Lists(d, [.. revoked.Where(r => r.At <= d)]))]);
    }

    private (ISigner Key, X509Certificate Certificate) Authority(DateTimeOffset until)
    {
        var key = Pki.Key();
        return (key, Pki.TsaOf(key, Day(2025, 3, 1), until));
    }

    private static async Task<byte[]> RecordAsync(ValidationPki pki, byte[][] documents, DateTimeOffset at, bool single = false)
    {
        var hash = pki.Suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256;
        IReadOnlyList<IReadOnlyList<EvidenceDocument>> groups = single ? [.. documents.Select(d => (IReadOnlyList<EvidenceDocument>)[EvidenceDocument.Of(d)])] : [[.. documents.Select(EvidenceDocument.Of)]];
        var made = await EvidenceRecords.CreateAsync(groups, hash, Stamp((pki.TsaKey, pki.Tsa), at), default);
        return made[single ? 1 : 0].Encode();
    }

    private static async Task<EvidenceRecord> MakeAsync(byte[][] documents, HashFunction hash, (ISigner Key, X509Certificate Certificate) authority, DateTimeOffset at) =>
        Assert.Single(await EvidenceRecords.CreateAsync([[.. documents.Select(EvidenceDocument.Of)]], hash, Stamp(authority, at), default));

    private static Stamp Stamp((ISigner Key, X509Certificate Certificate) authority, DateTimeOffset at) => (hash, digest, _) =>
    {
        var request = new TimeStampReq(new MessageImprint(hash.Identifier(), digest), null, null, DerBoolean.True, null).GetDerEncoded();
        return Task.FromResult(TimeStampResp.GetInstance(new TimestampAuthority(authority.Key, [authority.Certificate], new FixedTime(at)).Answer(request)).TimeStampToken.GetDerEncoded());
    };

    private static ValidationResult Validate(byte[] cms, ValidationMaterial material, DateTimeOffset now, ValidationPolicy? policy, byte[] record)
    {
        var subject = CadesReader.Read(cms, DetachedContent.Of(Content))[0];
        return SignatureValidation.Validate(subject with { EvidenceRecords = [CadesEvidence.Read(record, "evidence-1", cms, Content)] }, material, policy ?? ValidationPolicy.Platform, now);
    }
}

/// <summary>With ECDSA and SHA-256.</summary>
public sealed class InternationalEvidenceRecordTests() : EvidenceRecordSuite(SignatureSuite.International);

/// <summary>With SM2 and SM3.</summary>
public sealed class SmEvidenceRecordTests() : EvidenceRecordSuite(SignatureSuite.Sm);
