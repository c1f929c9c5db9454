using System.Security.Cryptography;
using System.Text;
using Xunit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Evidence;

/// <summary>Evidence records over decades: made, renewed in time and too late, through the end of digests, signatures and certificates.</summary>
public sealed class EvidenceTests : IDisposable
{
    private readonly Archive archive = new();

    public void Dispose() => archive.Dispose();

    [Theory]
    [InlineData(SignatureSuite.International, HashFunction.Sha256)]
    [InlineData(SignatureSuite.International, HashFunction.Sha3Bits512)]
    [InlineData(SignatureSuite.Sm, HashFunction.Sm3)]
    public async Task One_timestamp_proves_every_one_of_many_documents_and_nothing_else(SignatureSuite suite, HashFunction hash)
    {
        foreach (var count in new[] { 1, 2, 3, 7, 16, 33 })
        {
            var documents = Enumerable.Range(0, count).Select(i => Document("document " + i)).ToList();
            var records = await EvidenceRecords.CreateAsync([.. documents.Select(d => (IReadOnlyList<EvidenceDocument>)[d])], hash, archive.Tsa(suite), default);
            Assert.Single(records.Select(r => r.Last.Timestamp.Serial).Distinct());
            for (var i = 0; i < count; i++)
            {
                var read = EvidenceRecord.Parse(records[i].Encode());
                Assert.Equal(Outcome.Passed, Check.Overall(EvidenceVerification.Verify(read, [documents[i]], archive.Trust())));
                Assert.Equal(Outcome.Failed, Check.Overall(EvidenceVerification.Verify(read, [Document("another")], archive.Trust())));
            }
        }
    }

    [Fact]
    public async Task A_group_is_proved_whole_without_a_document_less_or_more()
    {
        EvidenceDocument[] group = [Document("a"), Document("b"), Document("c")];
        var records = await EvidenceRecords.CreateAsync([group, [Document("d")], [Document("d")]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default);
        Assert.Equal(Outcome.Passed, Overall(records[0], [group[2], group[0], group[1]]));
        Assert.Equal(Outcome.Failed, Overall(records[0], [group[0], group[1]]));
        Assert.Equal(Outcome.Failed, Overall(records[0], [.. group, Document("d")]));
        Assert.Equal(Outcome.Passed, Overall(records[1], [Document("d")]));
        Assert.Equal(Outcome.Passed, Overall(records[2], [Document("d")]));
    }

    [Theory]
    [InlineData(SignatureSuite.International, HashFunction.Sha256)]
    [InlineData(SignatureSuite.Sm, HashFunction.Sm3)]
    public async Task Renewed_timestamps_outlive_the_first_TSA(SignatureSuite suite, HashFunction hash)
    {
        EvidenceDocument[] documents = [Document("x"), Document("y"), Document("z")];
        var records = await EvidenceRecords.CreateAsync([.. documents.Select(d => (IReadOnlyList<EvidenceDocument>)[d])], hash, archive.Tsa(suite), default);
        var neglected = records[0];
        for (var decade = 0; decade < 3; decade++)
        {
            archive.Years(8);
            records = await EvidenceRecords.RenewTimestampsAsync(records, archive.Tsa(suite), default);
        }

        Assert.Equal(4, Assert.Single(records[1].Chains).Count);
        for (var i = 0; i < documents.Length; i++)
        {
            Assert.Equal(Outcome.Passed, Overall(EvidenceRecord.Parse(records[i].Encode()), [documents[i]]));
        }

        Assert.Contains(EvidenceVerification.Verify(neglected, [documents[0]], archive.Trust()), c => c is { Code: "evidence.1.1.timestamp.certificate.validity", Outcome: Outcome.Failed });
    }

    [Fact]
    public async Task A_renewal_after_the_certificates_end_comes_too_late()
    {
        var records = await EvidenceRecords.CreateAsync([[Document("x")]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default);
        archive.Years(11);
        var late = await EvidenceRecords.RenewTimestampsAsync(records, archive.Tsa(SignatureSuite.International), default);
        Assert.Contains(EvidenceVerification.Verify(late[0], [Document("x")], archive.Trust()), c => c is { Code: "evidence.1.1.timestamp.certificate.validity", Outcome: Outcome.Failed });
    }

    [Fact]
    public async Task The_end_of_a_digest_is_outlived_by_a_new_tree_and_by_nothing_less()
    {
        EvidenceDocument[] documents = [Document("x"), Document("y")];
        var records = await EvidenceRecords.CreateAsync([documents, [Document("alone")]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default);
        archive.Years(5);
        records = await EvidenceRecords.RenewTimestampsAsync(records, archive.Tsa(SignatureSuite.International), default);
        archive.Years(5);
        var onlyTimestamps = await EvidenceRecords.RenewTimestampsAsync(records, archive.Tsa(SignatureSuite.Sm), default);
        var trees = await EvidenceRecords.RenewHashTreesAsync([(records[0], documents), (records[1], [Document("alone")])], HashFunction.Sm3, archive.Tsa(SignatureSuite.Sm), default);
        var end = DateOnly.FromDateTime(archive.Time.GetUtcNow().AddYears(1).UtcDateTime);
        var trust = archive.Trust(new AlgorithmLimit { Hash = "SHA-256", Until = end, Source = "test" }, new AlgorithmLimit { Algorithm = "ECDSA", Until = end, Source = "test" }) with { At = archive.Time.GetUtcNow().AddYears(3) };

        Assert.Equal(Outcome.Passed, Check.Overall(EvidenceVerification.Verify(EvidenceRecord.Parse(trees[0].Encode()), [documents[1], documents[0]], trust)));
        Assert.Equal(Outcome.Passed, Check.Overall(EvidenceVerification.Verify(EvidenceRecord.Parse(trees[1].Encode()), [Document("alone")], trust)));
        Assert.Contains(EvidenceVerification.Verify(onlyTimestamps[0], documents, trust), c => c is { Code: "evidence.1.1.digest", Outcome: Outcome.Failed });
        Assert.Contains(EvidenceVerification.Verify(records[0], documents, trust), c => c is { Code: "evidence.1.2.timestamp.algorithms", Outcome: Outcome.Failed });

        // And once more, back to the other suite by another digest, with a renewed timestamp on top.
        archive.Years(4);
        var again = await EvidenceRecords.RenewHashTreesAsync([(trees[0], documents)], HashFunction.Sha512, archive.Tsa(SignatureSuite.International), default);
        archive.Years(4);
        again = await EvidenceRecords.RenewTimestampsAsync(again, archive.Tsa(SignatureSuite.International), default);
        Assert.Equal([2, 1, 2], again[0].Chains.Select(c => c.Count));
        Assert.Equal(Outcome.Passed, Overall(EvidenceRecord.Parse(again[0].Encode()), documents));
        Assert.Equal(Outcome.Failed, Overall(again[0], [Document("x"), Document("Y")]));
    }

    [Fact]
    public async Task A_tree_is_not_renewed_over_other_documents()
    {
        var records = await EvidenceRecords.CreateAsync([[Document("x")]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => EvidenceRecords.RenewHashTreesAsync([(records[0], [Document("y")])], HashFunction.Sha512, archive.Tsa(SignatureSuite.International), default));
    }

    [Theory]
    [InlineData(HashFunction.Sha1)]
    [InlineData(HashFunction.Sha224)]
    public async Task A_weak_digest_makes_no_evidence(HashFunction hash) => await Assert.ThrowsAnyAsync<CryptographicException>(
        () => EvidenceRecords.CreateAsync([[Document("x")]], hash, archive.Tsa(SignatureSuite.International), default));

    [Fact]
    public async Task Chains_that_were_exchanged_cut_or_reordered_do_not_hold()
    {
        var first = await EvidenceRecords.CreateAsync([[Document("x")]], HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default);
        archive.Years(1);
        var second = await EvidenceRecords.RenewTimestampsAsync(first, archive.Tsa(SignatureSuite.International), default);
        archive.Years(1);
        var third = await EvidenceRecords.RenewHashTreesAsync([(second[0], [Document("x")])], HashFunction.Sha512, archive.Tsa(SignatureSuite.International), default);
        var (a, b, c) = (third[0].Chains[0][0], third[0].Chains[0][1], third[0].Chains[1][0]);
        Assert.Equal(Outcome.Passed, Overall(third[0], [Document("x")]));
        foreach (var chains in new IReadOnlyList<IReadOnlyList<ArchiveTimeStamp>>[] { [[b, a], [c]], [[b], [c]], [[a], [c]], [[c], [a, b]], [[a, b, b], [c]], [[a, b], [c], [c]] })
        {
            Assert.Equal(Outcome.Failed, Overall(new EvidenceRecord(chains), [Document("x")]));
        }
    }

    private static EvidenceDocument Document(string content) => EvidenceDocument.Of(Encoding.UTF8.GetBytes(content));

    private Outcome Overall(EvidenceRecord record, IReadOnlyList<EvidenceDocument> documents) => Check.Overall(EvidenceVerification.Verify(record, documents, archive.Trust()));
}
