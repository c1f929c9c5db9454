using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.X509;
using Yinxin.Seal.Making;
using Yinxin.Seal.Ses;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Fuzzing.Targets;

/// <summary>Keys, certificates and signatures of one suite, all good: what the mutants start from.</summary>
internal sealed class Material : IDisposable
{
    private readonly SoftwareSigner key;
    private readonly SoftwareSigner stamping;

    public Material(SignatureSuite suite)
    {
        Suite = suite;
        Pki = new TestPki(suite);
        key = SoftwareSigner.Generate(suite);
        stamping = SoftwareSigner.Generate(suite);
        Certificate = Pki.Issue(suite == SignatureSuite.Sm ? "seal-signer" : "pdf-signer", key);
        Tsa = new TimestampAuthority(stamping, [Pki.Issue("tsa", stamping), Pki.Issuing], TimeProvider.System);
        Digest = suite.Hash(Data);
        Cms = CmsSignatures.CreateDetached(key, [Certificate, Pki.Issuing], Digest);
        Query = new TimeStampReq(new MessageImprint(suite.DigestAlgorithm(), Digest), TimestampAuthority.Policy, DerInteger.ValueOf(7), DerBoolean.True, null).GetDerEncoded();
        Token = Stamp(Data);
        Bundle = Pki.Bundle();
        GoodCrl = Pki.Issuer.IssueCrl([], 3, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
    }

    public static byte[] Data { get; } = [.. "原文 original"u8];

    public SignatureSuite Suite { get; }

    public TestPki Pki { get; }

    public X509Certificate Certificate { get; }

    public TimestampAuthority Tsa { get; }

    public byte[] Digest { get; }

    public byte[] Cms { get; }

    public byte[] Query { get; }

    public byte[] Token { get; }

    /// <summary>Trusts the root; lists of both CAs.</summary>
    public TrustBundle Bundle { get; }

    /// <summary>A list of the issuing CA that revokes nobody.</summary>
    public byte[] GoodCrl { get; }

    /// <summary>The key of the TSA.</summary>
    public SoftwareSigner StampingKey => stamping;

    public byte[] Request => CertificateRequest.Create(key, DistinguishedName.Of("测试", "Request"));

    public byte[] Crl
    {
        get
        {
            var now = DateTimeOffset.UtcNow;
            return Pki.Issuer.IssueCrl([(Certificate.SerialNumber, now, 1)], 2, now, now.AddDays(1));
        }
    }

    public byte[] Stamp(ReadOnlySpan<byte> data)
    {
        var query = new TimeStampReq(new MessageImprint(Suite.DigestAlgorithm(), Suite.Hash(data)), null, null, DerBoolean.True, null);
        return TimeStampResp.GetInstance(Tsa.Answer(query.GetDerEncoded())).TimeStampToken.GetDerEncoded();
    }

    /// <summary>An evidence record over one group, renewed once in each way.</summary>
    public byte[] Record(byte[][] documents)
    {
        IReadOnlyList<EvidenceDocument> group = [.. documents.Select(EvidenceDocument.Of)];
        var record = EvidenceRecords.CreateAsync([group, [EvidenceDocument.Of([1])]], Hash, Ask, default).GetAwaiter().GetResult()[0];
        record = EvidenceRecords.RenewTimestampsAsync([record], Ask, default).GetAwaiter().GetResult()[0];
        return EvidenceRecords.RenewHashTreesAsync([(record, group)], HashFunction.Sha512, Ask, default).GetAwaiter().GetResult()[0].Encode();
    }

    private HashFunction Hash => Suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256;

    private Task<byte[]> Ask(HashFunction hash, byte[] digest, CancellationToken cancellationToken)
    {
        var query = new TimeStampReq(new MessageImprint(hash.Identifier(), digest), null, null, DerBoolean.True, null);
        return Task.FromResult(TimeStampResp.GetInstance(Tsa.Answer(query.GetDerEncoded())).TimeStampToken.GetDerEncoded());
    }

    /// <summary>A stamped seal signature over <see cref="Data"/>.</summary>
    public SesSignature Seal(SoftwareSigner maker)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var info = new SesSealInfo
        {
            EsId = "34990000000001",
            Name = "测试印章",
            SignerCertificates = [Certificate.GetEncoded()],
            CreatedAt = now,
            ValidFrom = now.AddMinutes(-2),
            ValidTo = now.AddDays(200),
            Picture = new byte[] { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a },
            WidthMm = 42,
            HeightMm = 42,
        };
        var signature = SealMaking.Apply(SealMaking.Make(info, maker, Pki.Issue("seal-maker", maker)), key, Certificate, now, Digests.Sm3(Data), "test");
        return SealMaking.WithTimestamp(signature, Stamp(signature.Signature.Span));
    }

    public void Dispose()
    {
        key.Dispose();
        stamping.Dispose();
        Pki.Dispose();
    }
}
