using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Xunit;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Tests.Evidence;

/// <summary>One form only is read, and another library reads it as we mean it.</summary>
public sealed class EvidenceParsingTests : IAsyncLifetime
{
    private readonly Archive archive = new();
    private byte[] record = [];

    public async ValueTask InitializeAsync()
    {
        var documents = Enumerable.Range(0, 5).Select(i => (IReadOnlyList<EvidenceDocument>)[EvidenceDocument.Of([(byte)i])]).ToList();
        record = (await EvidenceRecords.CreateAsync(documents, HashFunction.Sha256, archive.Tsa(SignatureSuite.International), default))[1].Encode();
    }

    public ValueTask DisposeAsync()
    {
        archive.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void BouncyCastle_reads_the_same_record()
    {
        // Its EvidenceRecord demands the optional parts before the sequence; the sequence itself it reads.
        var sequence = Asn1Sequence.GetInstance(record)[2];
        var theirs = Org.BouncyCastle.Asn1.Tsp.ArchiveTimeStampSequence.GetInstance(sequence);
        Assert.Equal(sequence.GetDerEncoded(), theirs.GetDerEncoded());
        var chain = Assert.Single(theirs.GetArchiveTimeStampChains());
        var timestamp = Assert.Single(chain.GetArchiveTimestamps());
        Assert.True(timestamp.GetHashTreeLeaf().ContainsHash(SHA256.HashData([1])));
        Assert.Equal(EvidenceRecord.Parse(record).Last.Timestamp.Imprint.ToArray(), timestamp.GetTimeStampDigestValue());
    }

    [Fact]
    public void No_changed_byte_is_accepted()
    {
        for (var i = 0; i < record.Length; i++)
        {
            var changed = (byte[])record.Clone();
            changed[i] ^= 0x01;
            Assert.False(Holds(changed), $"byte {i}");
        }

        bool Holds(byte[] changed)
        {
            try
            {
                return Check.Overall(EvidenceVerification.Verify(EvidenceRecord.Parse(changed), [EvidenceDocument.Of([1])], archive.Trust())) == Outcome.Passed;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("cut")]
    [InlineData("trailing bytes")]
    [InlineData("indefinite length")]
    [InlineData("version 2")]
    [InlineData("no digests")]
    [InlineData("no chains")]
    [InlineData("an empty chain")]
    [InlineData("crypto infos")]
    [InlineData("attributes")]
    [InlineData("a list of one value")]
    [InlineData("an empty tree")]
    [InlineData("a short value")]
    [InlineData("deep nesting")]
    public void A_malformed_record_is_refused(string form)
    {
        var parts = Asn1Sequence.GetInstance(record);
        var chain = Asn1Sequence.GetInstance(Asn1Sequence.GetInstance(parts[2])[0]);
        var timestamp = Asn1Sequence.GetInstance(chain[0]);
        Asn1Encodable Tree(params Asn1Encodable[] lists) => Record(timestamp[0], new DerTaggedObject(isExplicit: false, 2, new DerSequence(lists)), timestamp[2]);
        Asn1Encodable Record(params Asn1Encodable[] inside) => new DerSequence(parts[0], parts[1], new DerSequence(new DerSequence(new DerSequence(inside))));
        byte[] malformed = form switch
        {
            "nothing" => [],
            "cut" => record[..^1],
            "trailing bytes" => [.. record, 0],
            "indefinite length" => [0x30, 0x80, .. record[4..], 0, 0],
            "version 2" => new DerSequence(DerInteger.ValueOf(2), parts[1], parts[2]).GetDerEncoded(),
            "no digests" => new DerSequence(parts[0], DerSequence.Empty, parts[2]).GetDerEncoded(),
            "no chains" => new DerSequence(parts[0], parts[1], DerSequence.Empty).GetDerEncoded(),
            "an empty chain" => new DerSequence(parts[0], parts[1], new DerSequence(DerSequence.Empty)).GetDerEncoded(),
            "crypto infos" => new DerSequence(parts[0], parts[1], new DerTaggedObject(isExplicit: false, 0, DerSequence.Empty), parts[2]).GetDerEncoded(),
            "attributes" => Record(timestamp[0], new DerTaggedObject(isExplicit: false, 1, DerSet.Empty), timestamp[1], timestamp[2]).GetDerEncoded(),
            "a list of one value" => Tree(new DerSequence(new DerOctetString(new byte[32]))).GetDerEncoded(),
            "an empty tree" => Tree().GetDerEncoded(),
            "a short value" => Tree(new DerSequence(new DerOctetString(new byte[31]), new DerOctetString(new byte[32]))).GetDerEncoded(),
            _ => [.. Enumerable.Repeat(new byte[] { 0x30, 0x80 }, 2000).SelectMany(b => b)],
        };
        Assert.ThrowsAny<CryptographicException>(() => EvidenceRecord.Parse(malformed));
    }
}
