using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Revocation;
using Yinxin.Trust.Server.Features.TrustLists;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Publication;

/// <summary>What everyone may have: CA certificates and the trust bundle.</summary>
internal static class Publication
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/ca/{name}.cer", (string name, AuthorityStore authorities, OfflineRoots offline) =>
            (authorities.Find(name)?.Certificate ?? offline.Certificate(name)) is { } certificate ? Results.Bytes(certificate.GetEncoded(), "application/pkix-cert") : Results.NotFound());
        app.MapGet("/schemas/certificate-profile.json", () => Results.Bytes(CertificateProfile.Schema(), "application/schema+json"));
        app.MapGet("/trust-bundle.json", async (AuthorityStore authorities, OfflineRoots offline, CrlPublication crls, RecognisedAnchors recognised, IOptions<AddressSettings> addresses, TimeProvider time, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=300";
            var bundle = await BundleAsync(authorities, offline, crls, addresses.Value, time, http.RequestAborted);
            var others = await recognised.GetAsync(http.RequestAborted);
            return Results.Bytes((bundle with { Anchors = [.. bundle.Anchors, .. others] }).ToJson(), "application/json");
        });
    }

    private static async Task<TrustBundle> BundleAsync(AuthorityStore authorities, OfflineRoots offline, CrlPublication crls, AddressSettings addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        // Each purpose is trusted through the CA made for it, not through the root: a TLS certificate of the same root seals nothing.
        var anchors = new List<TrustAnchor>();
        foreach (var authority in CertificateProfile.IssuingRoles.SelectMany(authorities.OfRole))
        {
            anchors.AddRange(AnchorPurposes.OfRole(authority.Role).Select(purpose => Anchor(purpose, authority)));
        }

        anchors.AddRange(authorities.OfRole("root").Select(root => Anchor("root", root)));

        // Older roots stay trusted until their end.
        var published = new List<BundledCrl>();
        foreach (var root in Enum.GetValues<SignatureSuite>().SelectMany(suite => offline.Roots(suite).SkipLast(1)))
        {
            var crl = offline.Crl(root)!;
            anchors.Add(new TrustAnchor("root", SignatureVerifier.SuiteOf(root.SubjectPublicKeyInfo.GetDerEncoded())!.Value.Name(), root.SubjectDN.CommonName(), Convert.ToBase64String(root.GetEncoded())));
            published.Add(new BundledCrl(root.SubjectDN.CommonName(), new Uri($"{AddressSettings.Text(addresses.Trust)}/crl/{offline.NameOf(root)}.crl"), Convert.ToBase64String(crl)));
        }

        foreach (var authority in authorities.All.Where(a => a.IsIssuer))
        {
            var crl = authority.IsOffline ? offline.Crl(authority.Certificate) : (await crls.GetAsync(new ListScope(authority.Name, 0), cancellationToken))!.Full.Der;
            published.Add(new BundledCrl(authority.Certificate.SubjectDN.CommonName(), authorities.CrlAddress(authority), Convert.ToBase64String(crl!)));
        }

        var intermediates = authorities.All.Where(a => !a.IsRoot && a.IsIssuer).Select(a => Convert.ToBase64String(a.Certificate.GetEncoded()))
            .Concat(Enum.GetValues<SignatureSuite>().SelectMany(offline.CrossCertificates).Select(c => Convert.ToBase64String(c.GetEncoded()))).ToList();
        return new TrustBundle(1, time.GetUtcNow(), anchors, intermediates, published, new Uri(AddressSettings.Text(addresses.License) + "/api/status/"));
    }

    private static TrustAnchor Anchor(string purpose, Authority authority) =>
        new(purpose, authority.Suite.Name(), authority.Certificate.SubjectDN.CommonName(), Convert.ToBase64String(authority.Certificate.GetEncoded()));
}
