using Org.BouncyCastle.X509;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Testing;

/// <summary>A root and an issuing CA made for one test.</summary>
public sealed class TestPki : IDisposable
{
    private readonly SoftwareSigner rootKey;
    private readonly SoftwareSigner issuingKey;

    private readonly TimeProvider time;

    /// <param name="suite">Of all its keys.</param>
    /// <param name="time">By which everything counts from now on; the real clock, unless the server that verifies has another.</param>
    public TestPki(SignatureSuite suite, TimeProvider? time = null)
    {
        this.time = time ?? TimeProvider.System;
        rootKey = SoftwareSigner.Generate(suite);
        issuingKey = SoftwareSigner.Generate(suite);
        Root = new CertificateIssuer(rootKey).Issue(Content("root", rootKey, "Root", time: this.time));
        Issuing = new CertificateIssuer(rootKey, Root).Issue(Content("issuing", issuingKey, "Issuing", time: this.time));
        Issuer = new CertificateIssuer(issuingKey, Issuing);
    }

    public X509Certificate Root { get; }

    public X509Certificate Issuing { get; }

    public CertificateIssuer Issuer { get; }

    public static CertificateContent Content(string profile, ISigner key, string name = "End", string organisation = "测试", TimeProvider? time = null)
    {
        var now = (time ?? TimeProvider.System).GetUtcNow();
        return new CertificateContent(CertificateProfile.All[profile], DistinguishedName.Of(organisation, name), key.PublicKey, now.AddMinutes(-5), now.AddDays(300));
    }

    /// <summary>A certificate of an organ.</summary>
    public X509Certificate IssueTo(string uscc, string name, string profile, ISigner key) =>
        Issuer.Issue(Content(profile, key, name, DistinguishedName.OrganisationOf(uscc, name), time));

    public X509Certificate Issue(string profile, ISigner? key = null)
    {
        if (key is not null)
        {
            return Issuer.Issue(Content(profile, key, time: time));
        }

        using var fresh = SoftwareSigner.Generate(rootKey.Suite);
        return Issuer.Issue(Content(profile, fresh, time: time));
    }

    /// <summary>A bundle that trusts this root for everything.</summary>
    /// <param name="listDays">How long its revocation lists count.</param>
    public TrustBundle Bundle(int listDays = 1)
    {
        var now = time.GetUtcNow();
        var root = Convert.ToBase64String(Root.GetEncoded());
        string[] purposes = [AnchorPurposes.DocumentSigner, AnchorPurposes.SealMaker, AnchorPurposes.Tsa];
        return new TrustBundle(
            1, now, [.. purposes.Select(p => new TrustAnchor(p, rootKey.Suite.Name(), "test", root))], [Convert.ToBase64String(Issuing.GetEncoded())],
            [
                new BundledCrl("Issuing", new Uri("http://localhost/crl"), Convert.ToBase64String(Issuer.IssueCrl([], 1, now, now.AddDays(listDays)))),
                new BundledCrl("Root", new Uri("http://localhost/crl"), Convert.ToBase64String(new CertificateIssuer(rootKey, Root).IssueCrl([], 1, now, now.AddDays(listDays)))),
            ],
            LicenseStatus: null);
    }

    public void Dispose()
    {
        rootKey.Dispose();
        issuingKey.Dispose();
    }
}
