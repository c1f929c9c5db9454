using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>The trust bundle for verifiers, out of the ceremony's public files alone.</summary>
public static class BundleExport
{
    /// <summary>Anchors by purpose, roots of every generation, cross-certificates, and the CRLs of the roots. The CRLs of the online CAs are named by address.</summary>
    /// <param name="ceremony">The directory.</param>
    /// <param name="licenseStatus">Base address of the licence status service, or null.</param>
    public static TrustBundle Make(Ceremony ceremony, Uri? licenseStatus)
    {
        var files = ceremony.Files;
        var names = files.Names(CeremonyFiles.Certificates, ".pem").Where(n => !n.StartsWith("root-", StringComparison.Ordinal)).ToList();
        var anchors = new List<TrustAnchor>();
        foreach (var name in names)
        {
            var certificate = files.ReadCertificate(name);
            anchors.AddRange(AnchorPurposes.OfRole(name[..name.LastIndexOf('-')]).Select(purpose => Anchor(purpose, name[(name.LastIndexOf('-') + 1)..], certificate)));
        }

        anchors.AddRange(ceremony.Roots.Select(r => Anchor("root", r.Suite.Name(), r.Certificate)));
        var crls = ceremony.Roots.Select(r => new BundledCrl(r.Certificate.SubjectDN.CommonName(), ceremony.Settings.CrlAddress(r.Name), Convert.ToBase64String(files.Read(CeremonyFiles.Crl(r.Name)))))
            .Concat(names.Where(n => !n.StartsWith("cross-", StringComparison.Ordinal))
                .Select(n => new BundledCrl(files.ReadCertificate(n).SubjectDN.CommonName(), ceremony.Settings.CrlAddress(n), Crl: null)));
        return new TrustBundle(
            1, ceremony.Time.GetUtcNow(), anchors, [.. names.Select(n => Convert.ToBase64String(files.ReadCertificate(n).GetEncoded()))], [.. crls], licenseStatus);
    }

    private static TrustAnchor Anchor(string purpose, string suite, Org.BouncyCastle.X509.X509Certificate certificate) =>
        new(purpose, suite, certificate.SubjectDN.CommonName(), Convert.ToBase64String(certificate.GetEncoded()));
}
