using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Validation;

/// <summary>A hierarchy with times of its own: a root, a CA with a signer of 2026, a CA with TSAs, and their lists at any time.</summary>
internal sealed class ValidationPki : IDisposable
{
    public static readonly byte[] Content = "印信"u8.ToArray();
    private readonly List<SoftwareSigner> keys = [];

    public ValidationPki(SignatureSuite suite, SignatureAlgorithm? signing = null)
    {
        Suite = suite;
        RootKey = Key();
        CaKey = Key();
        TsaCaKey = Key();
        TsaKey = Key();
        SignerKey = Key(signing);
        Root = new CertificateIssuer(RootKey).Issue(Of("root", RootKey, "Root", Day(2025, 1, 1), Day(2044, 1, 1)));
        Ca = FromRoot("issuing", CaKey, "CA", Day(2025, 2, 1), Day(2034, 1, 1));
        TsaCa = FromRoot("issuing", TsaCaKey, "TSA CA", Day(2025, 2, 1), Day(2034, 1, 1));
        Signer = new CertificateIssuer(CaKey, Ca).Issue(Of("department", SignerKey, "Signer", Day(2026, 1, 1), Day(2027, 1, 1)));
        Tsa = TsaOf(TsaKey, Day(2025, 3, 1), Day(2033, 1, 1));
    }

    public SignatureSuite Suite { get; }

    public SoftwareSigner RootKey { get; }

    public SoftwareSigner CaKey { get; }

    public SoftwareSigner TsaCaKey { get; }

    public SoftwareSigner TsaKey { get; }

    public SoftwareSigner SignerKey { get; }

    public X509Certificate Root { get; }

    public X509Certificate Ca { get; }

    public X509Certificate TsaCa { get; }

    public X509Certificate Signer { get; }

    public X509Certificate Tsa { get; }

    public static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    public SoftwareSigner Key(SignatureAlgorithm? algorithm = null)
    {
        var key = SoftwareSigner.Generate(algorithm ?? Suite.FirstAlgorithm());
        keys.Add(key);
        return key;
    }

    public static CertificateContent Of(string profile, ISigner key, string name, DateTimeOffset from, DateTimeOffset until) =>
        new(CertificateProfile.All[profile], DistinguishedName.Of("测试", name), key.PublicKey, from, until);

    public X509Certificate FromRoot(string profile, ISigner key, string name, DateTimeOffset from, DateTimeOffset until) =>
        new CertificateIssuer(RootKey, Root).Issue(Of(profile, key, name, from, until));

    public X509Certificate TsaOf(ISigner key, DateTimeOffset from, DateTimeOffset until) => new CertificateIssuer(TsaCaKey, TsaCa).Issue(Of("tsa", key, "TSA", from, until));

    /// <summary>A list of one issuer, for 30 days.</summary>
    public static byte[] List(ISigner key, X509Certificate issuer, DateTimeOffset at, params (X509Certificate Certificate, DateTimeOffset At, int Reason)[] revoked) =>
        new CertificateIssuer(key, issuer).IssueCrl(revoked.Select(r => (r.Certificate.SerialNumber, r.At, r.Reason)), at.ToUnixTimeSeconds(), at, at.AddDays(30));

    /// <summary>Lists of root and both CAs at a time; what is revoked stands in its issuer's.</summary>
    public byte[][] Lists(DateTimeOffset at, params (X509Certificate Certificate, DateTimeOffset At, int Reason)[] revoked) =>
    [
        List(RootKey, Root, at, [.. revoked.Where(r => r.Certificate.IssuerDN.Equivalent(Root.SubjectDN))]),
        List(CaKey, Ca, at, [.. revoked.Where(r => r.Certificate.IssuerDN.Equivalent(Ca.SubjectDN))]),
        List(TsaCaKey, TsaCa, at, [.. revoked.Where(r => r.Certificate.IssuerDN.Equivalent(TsaCa.SubjectDN))]),
    ];

    /// <summary>A token over data.</summary>
    public byte[] Stamp(byte[] data, DateTimeOffset at) => StampDigest(Suite.Hash(data), at, TsaKey, Tsa);

    public byte[] StampDigest(byte[] digest, DateTimeOffset at, ISigner key, X509Certificate tsa)
    {
        var request = new TimeStampReq(new MessageImprint(Suite.DigestAlgorithm(), digest), null, null, Org.BouncyCastle.Asn1.DerBoolean.True, null).GetDerEncoded();
        var response = TimeStampResp.GetInstance(new TimestampAuthority(key, [tsa, TsaCa], new FixedTime(at)).Answer(request));
        return response.Status.StatusObject.IntValueExact == (int)PkiStatus.Granted ? response.TimeStampToken.GetDerEncoded() : throw new InvalidOperationException("The TSA refused.");
    }

    public byte[] Sign(CadesStatements? statements = null) => CadesSignatures.Create(SignerKey, [Signer, Ca], Content, statements ?? new CadesStatements());

    /// <summary>With a signature timestamp.</summary>
    public byte[] SignAt(DateTimeOffset at, CadesStatements? statements = null)
    {
        var cms = Sign(statements);
        return CmsSignatures.AddTimestamp(cms, Stamp(CmsSignatures.SignatureValue(cms), at));
    }

    public byte[] Archive(byte[] cms, DateTimeOffset at, ISigner? key = null, X509Certificate? tsa = null) => CadesSignatures.AddArchiveTimestamp(
        cms, DetachedContent.Of(Content), Suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256, imprint => StampDigest(imprint, at, key ?? TsaKey, tsa ?? Tsa));

    public ValidationMaterial Material(params byte[][] lists) => new()
    {
        Anchors = [Anchor(AnchorPurposes.DocumentSigner), Anchor(AnchorPurposes.Tsa)],
        Certificates = [PathCertificate.Of(Ca), PathCertificate.Of(TsaCa)],
        Revocation = [.. lists.Select(l => CrlEvidence.Read(l))],
    };

    public TrustedAnchor Anchor(string purpose, params TrustPeriod[] periods) => new(purpose, PathCertificate.Of(Root), periods);

    public ValidationResult Validate(byte[] cms, ValidationMaterial material, DateTimeOffset now, ValidationPolicy? policy = null, byte[]? content = null) =>
        SignatureValidation.Validate(CadesReader.Read(cms, DetachedContent.Of(content ?? Content))[0], material, policy ?? ValidationPolicy.Platform, now);

    public void Dispose() => keys.ForEach(k => k.Dispose());
}

/// <summary>A clock that stands.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
