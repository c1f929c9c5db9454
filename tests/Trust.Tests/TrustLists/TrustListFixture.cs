using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.TrustLists;

namespace Yinxin.Trust.Tests.TrustLists;

/// <summary>A list signer of one suite, and lists to sign.</summary>
internal sealed class ListSigner : IDisposable
{
    public static readonly DateTimeOffset Issued = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public ListSigner(SignatureAlgorithm algorithm, string name = "List signer")
    {
        Key = SoftwareSigner.Generate(algorithm);
        var content = new CertificateContent(CertificateProfile.All["root"], DistinguishedName.Of("测试", name), Key.PublicKey, Issued.AddYears(-1), Issued.AddYears(5));
        Certificate = new CertificateIssuer(Key).Issue(content);
    }

    public SoftwareSigner Key { get; }

    public X509Certificate Certificate { get; }

    public PathCertificate Pinned => PathCertificate.Of(Certificate);

    public static TrustListScheme Scheme(long sequence = 1, string territory = "CN-AH", params TrustListPointer[] pointers) => new()
    {
        SequenceNumber = sequence,
        OperatorName = [new("zh", "测试省"), new("en", "Test Province")],
        Name = [new("zh", "信任列表"), new("en", "Trust list")],
        Territory = territory,
        IssuedAt = Issued.AddDays(sequence),
        NextUpdate = Issued.AddDays(sequence + 30),
        Pointers = pointers,
    };

    public static TrustList List(TrustListScheme scheme, params TrustService[] services) =>
        new(scheme, services.Length == 0 ? [] : [new TrustedEntity([new("zh", "测试机构"), new("en", "Test CA")], services)]);

    public string Sign(TrustList list) => TrustListSignature.Sign(list, Key, Certificate);

    public void Dispose() => Key.Dispose();
}
