using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.X509;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Evidence;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Tests.Evidence;

/// <summary>An archive over decades: TSAs of either suite at any time, whose certificates last ten years.</summary>
internal sealed class Archive : IDisposable
{
    private readonly List<IDisposable> keys = [];

    public AdjustableTime Time { get; } = new();

    public List<X509Certificate> Anchors { get; } = [];

    public List<X509Crl> Crls { get; } = [];

    /// <summary>A TSA with a root of its own, from now for ten years.</summary>
    public Stamp Tsa(SignatureSuite suite, SignatureAlgorithm? algorithm = null)
    {
        var (rootKey, key) = (SoftwareSigner.Generate(suite), SoftwareSigner.Generate(algorithm ?? suite.FirstAlgorithm()));
        keys.AddRange([rootKey, key]);
        var now = Time.GetUtcNow();
        var root = new CertificateIssuer(rootKey).Issue(new CertificateContent(CertificateProfile.All["root"], DistinguishedName.Of("测试", "Root " + now), rootKey.PublicKey, now.AddMinutes(-5), now.AddYears(30)));
        var issuer = new CertificateIssuer(rootKey, root);
        var certificate = issuer.Issue(new CertificateContent(CertificateProfile.All["tsa"], DistinguishedName.Of("测试", "TSA"), key.PublicKey, now.AddMinutes(-5), now.AddYears(10)));
        Anchors.Add(root);
        Crls.Add(CertificateReading.ReadCrl(issuer.IssueCrl([], 1, now, now.AddYears(30))));
        var authority = new TimestampAuthority(key, [certificate], Time);
        return (hash, digest, _) => Task.FromResult(TimeStampResp.GetInstance(authority.Answer(
            new TimeStampReq(new MessageImprint(hash.Identifier(), digest), null, null, DerBoolean.True, null).GetDerEncoded())).TimeStampToken.GetDerEncoded());
    }

    public EvidenceTrust Trust(params AlgorithmLimit[] limits) => new(ValidationMaterial.Of(AnchorPurposes.Tsa, Anchors, Crls), ValidationPolicy.Platform with { Algorithms = limits }, Time.GetUtcNow());

    /// <summary>Roots and lists as a verifier's bundle.</summary>
    public TrustBundle Bundle() => new(
        1, Time.GetUtcNow(), [.. Anchors.Select(a => new TrustAnchor(AnchorPurposes.Tsa, "international", "root", Convert.ToBase64String(a.GetEncoded())))], [],
        [.. Crls.Select(c => new BundledCrl("root", new Uri("http://localhost/crl"), Convert.ToBase64String(c.GetEncoded())))], null);

    public void Years(double years) => Time.Ahead += TimeSpan.FromDays(365.25 * years);

    public void Dispose() => keys.ForEach(k => k.Dispose());
}
