using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Xunit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Renewal;
using Yinxin.Trust.Suites;
using CertificateRequest = Yinxin.Trust.Certificates.CertificateRequest;

namespace Yinxin.Trust.Tests.Renewal;

/// <summary>Rules that no certificate of the API reaches by itself.</summary>
public sealed class RenewalRulesTests
{
    [Theory]
    [InlineData("tls", 1, null)]
    [InlineData("tls", 2, "trust.renewal.subject")]
    [InlineData("trust-list", 1, "trust.renewal.profile")]
    [InlineData("issuing", 1, "trust.renewal.profile")]
    [InlineData("a-profile-of-yore", 1, "trust.renewal.profile")]
    public void A_certificate_for_several_hosts_or_of_the_authorities_is_not_renewed_by_request(string profile, int hosts, string? code)
    {
        var now = DateTimeOffset.UtcNow;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var draft = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=site.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in new[] { "site.example", "www.site.example" }.Take(hosts))
        {
            names.AddDnsName(name);
        }

        draft.CertificateExtensions.Add(names.Build());
        using var made = draft.CreateSelfSigned(now.AddDays(-80), now.AddDays(10));
        using var signer = SoftwareSigner.FromPkcs8(key.ExportPkcs8PrivateKey());
        using var fresh = SoftwareSigner.Generate(SignatureSuite.International);
        var csr = CertificateRequest.Create(fresh, new X509Name([X509Name.CN], ["site.example"]));
        var request = RenewalRequest.Read(RenewalRequest.Create(signer, CertificateReading.Read(made.RawData), csr));
        var record = new IssuedCertificate { Profile = profile, NotBefore = now.AddDays(-80), NotAfter = now.AddDays(10), Certificate = made.RawData };

        var refused = Record.Exception(() => RenewalRules.Check(record, request, now));
        Assert.Equal(code, (refused as ProblemException)?.Problem.Code);
        Assert.Equal(code is null, refused is null);
    }
}
