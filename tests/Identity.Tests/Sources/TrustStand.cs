using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.X509;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Stands in for Trust at its address: the bundle with a CA of each suite for client authentication, and an OCSP responder. Foreign CAs are not in the bundle.</summary>
internal sealed class TrustStand : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TimeProvider time;
    private readonly List<Org.BouncyCastle.Math.BigInteger> revokedOnline = [];
    private byte[] published = [];

    private TrustStand(string address, TimeProvider time)
    {
        Address = address;
        this.time = time;
        International = new TestPki(SignatureSuite.International, time);
        Sm = new TestPki(SignatureSuite.Sm, time);
        Foreign = new TestPki(SignatureSuite.International, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        app = builder.Build();
    }

    public string Address { get; }

    public TestPki International { get; }

    public TestPki Sm { get; }

    public TestPki Foreign { get; }

    /// <summary>A certificate that stands on the CRL of the bundle, and its key.</summary>
    public (SoftwareSigner Key, X509Certificate Certificate) RevokedByList { get; private set; }

    /// <summary>Each stand has CAs of its own; the server keeps a bundle for some minutes, and here forgets the one before. All counts from the server's clock, which other tests have moved.</summary>
    public static async Task<TrustStand> StartAnewAsync(IdentityFixture identity, string revokedUscc)
    {
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        var stand = new TrustStand(identity.TrustAddress, identity.Time);
        stand.RevokedByList = stand.Issue(stand.International, revokedUscc, SignatureAlgorithm.Es256);
        stand.published = stand.Bundle().ToJson();
        var responderKey = SoftwareSigner.Generate(SignatureSuite.International);
        var responder = new OcspResponder(responderKey, stand.International.Issue("ocsp-responder", responderKey));
        var strangerKey = SoftwareSigner.Generate(SignatureSuite.International);
        var stranger = new OcspResponder(strangerKey, stand.Foreign.Issue("ocsp-responder", strangerKey));
        stand.app.MapGet("/trust-bundle.json", async (HttpContext http) => await FailAsync(http, stand.BundleFault) ?? Results.Bytes(stand.published, "application/json"));
        stand.app.MapGet("/crl", async (HttpContext http) => await FailAsync(http, stand.StatusFault) ?? Results.Bytes(stand.List(), "application/pkix-crl"));
        stand.app.MapPost("/ocsp", async (HttpContext http) =>
        {
            if (await FailAsync(http, stand.StatusFault) is { } fault)
            {
                return fault;
            }

            using var memory = new MemoryStream();
            await http.Request.Body.CopyToAsync(memory);
            var request = OcspRequest.Read(memory.ToArray());
            var now = stand.time.GetUtcNow();
            return Results.Bytes(
                (stand.StatusFault == "forged" ? stranger : responder).Sign([.. request.Certificates.Select(c => stand.Answer(c, now))], now, request.Nonce), "application/ocsp-response");
        });
        await stand.app.StartAsync();
        return stand;
    }

    /// <summary>How the bundle is not to be had: <c>drop</c>, <c>status=500</c>, <c>slow</c>, <c>malformed</c>.</summary>
    public string? BundleFault { get; set; }

    /// <summary>The same for responder and list, and <c>forged</c>: somebody else signs.</summary>
    public string? StatusFault { get; set; }

    /// <summary>A company's certificate by the profile of organisations.</summary>
    public (SoftwareSigner Key, X509Certificate Certificate) Issue(
        TestPki pki, string uscc, SignatureAlgorithm algorithm, bool online = false, int days = 300, string profile = "organisation", bool listed = false)
    {
        var key = SoftwareSigner.Generate(algorithm);
        var now = time.GetUtcNow();
        var content = new CertificateContent(
            CertificateProfile.All[profile], DistinguishedName.OfOrganisation(uscc, "样例公司", "样例公司"), key.PublicKey, now.AddDays(days < 0 ? days - 10 : 0).AddMinutes(-5), now.AddDays(days),
            CrlAddress: listed ? new Uri(Address + "/crl") : null, OcspAddress: online ? new Uri(Address + "/ocsp") : null);
        return (key, pki.Issuer.Issue(content));
    }

    /// <summary>From now on the bundle has no list of the CA that issues to companies: only the network tells how it stands with them.</summary>
    public void LeaveStatusToTheNetwork() => Publish(b => b with { Crls = b.Crls.Skip(1).ToList() });

    /// <summary>From now on the responder, and the list on the network, say that it is revoked.</summary>
    public void RevokeOnline(X509Certificate certificate) => revokedOnline.Add(certificate.SerialNumber);

    /// <summary>From now on the list says that the international CA is trusted no longer; the other still is.</summary>
    public void DistrustInternational() => Publish(b => b with
    {
        Anchors = [Anchor(International, "international") with { Territory = "CN-34", Periods = [new AnchorPeriod(time.GetUtcNow().AddYears(-1), time.GetUtcNow().AddMinutes(-1))] }, Anchor(Sm, "sm")],
    });

    /// <summary>From now on the list that named the international CA is past its next update, so that the bundle leaves it out.</summary>
    public void LapseInternational() => Publish(b => b with { Anchors = [Anchor(Sm, "sm")] });

    /// <summary>From now on the bundle is sound and names nobody at all.</summary>
    public void PublishNobody() => Publish(b => b with { Anchors = [] });

    private void Publish(Func<TrustBundle, TrustBundle> change) => published = change(Bundle()).ToJson();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        International.Dispose();
        Sm.Dispose();
        Foreign.Dispose();
    }

    private byte[] List()
    {
        var now = time.GetUtcNow();
        return (StatusFault == "forged" ? Foreign : International).Issuer.IssueCrl([.. revokedOnline.Select(serial => (serial, now.AddMinutes(-1), 1))], 3, now, now.AddDays(60));
    }

    /// <returns>Null when the endpoint answers by itself.</returns>
    private static async Task<IResult?> FailAsync(HttpContext http, string? fault)
    {
        switch (fault)
        {
            case "drop":
                http.Abort();
                return Results.Empty;
            case "status=500":
                return Results.StatusCode(StatusCodes.Status500InternalServerError);
            case "slow":
                await Task.Delay(TimeSpan.FromSeconds(10), http.RequestAborted);
                return null;
            case "malformed":
                return Results.Bytes([(byte)'{'], "application/octet-stream");
            default:
                return null;
        }
    }

    private OcspAnswer Answer(CertificateId id, DateTimeOffset now) => revokedOnline.Contains(id.Serial)
        ? new OcspAnswer(id, OcspCertificateStatus.Revoked, now, now.AddDays(60)) { RevokedAt = now.AddMinutes(-1), Reason = RevocationReason.KeyCompromise }
        : new OcspAnswer(id, OcspCertificateStatus.Good, now, now.AddDays(60));

    private TrustBundle Bundle()
    {
        var now = time.GetUtcNow();
        var (international, sm) = (International.Bundle(60), Sm.Bundle(60));
        return international with
        {
            Anchors = [Anchor(International, "international"), Anchor(Sm, "sm")],
            Intermediates = [.. international.Intermediates, .. sm.Intermediates],
            Crls =
            [
                new BundledCrl("Issuing", new Uri(Address + "/crl"), Convert.ToBase64String(International.Issuer.IssueCrl([(RevokedByList.Certificate.SerialNumber, now.AddMinutes(-1), 1)], 2, now, now.AddDays(60)))),
                international.Crls[1], .. sm.Crls,
            ],
        };
    }

    private static TrustAnchor Anchor(TestPki pki, string suite) => new(AnchorPurposes.ClientAuthentication, suite, "test", Convert.ToBase64String(pki.Root.GetEncoded()));
}
