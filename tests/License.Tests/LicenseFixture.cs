using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Yinxin.License.Documents;
using Yinxin.License.Identifiers;
using Yinxin.License.Layout;
using Yinxin.License.Rendering;
using Yinxin.License.Signing;
using Yinxin.Seal.Making;
using Yinxin.Seal.Pictures;
using Yinxin.Seal.Ses;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.License.Tests;

/// <summary>A whole issuing authority in memory: makes licences as the servers do, without HTTP.</summary>
public sealed class LicenseFixture : IDisposable
{
    private const string Issuer = "样例市新闻出版局";
    private const string IssuerCode = "11349900MB0000051U";
    private readonly TestPki international = new(SignatureSuite.International);
    private readonly TestPki sm = new(SignatureSuite.Sm);
    private readonly SoftwareSigner pdfKey = SoftwareSigner.Generate(SignatureSuite.International);
    private readonly SoftwareSigner tsaKey = SoftwareSigner.Generate(SignatureSuite.International);
    private readonly SoftwareSigner smTsaKey = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly SoftwareSigner sealKey = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly SoftwareSigner makerKey = SoftwareSigner.Generate(SignatureSuite.Sm);

    public LicenseFixture()
    {
        Bundle = Merge(international.Bundle(), sm.Bundle());
        Pdf = Issue("张样例䶮㛃");
    }

    public TrustBundle Bundle { get; }

    public byte[] Root => international.Root.GetEncoded();

    /// <summary>One licence for the tests that only look.</summary>
    public byte[] Pdf { get; }

    public LicenseDocument Document(string principal)
    {
        var today = DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8));
        var identifier = new LicenseIdentifier(PublicationBusinessLicense.TypeCode, IssuerCode, "2026000000000001", 1).ToString();
        return new LicenseDocument(
            LicenseDocument.CurrentFormat,
            new LicenseMetadata(
                PublicationBusinessLicense.Name, PublicationBusinessLicense.TypeCode, "新出发样字第26000001号", identifier, Issuer, IssuerCode, Day(today),
                principal, "34990119900101001X", "公民身份号码", "111", Day(today), Day(today.AddYears(5))),
            new Dictionary<string, string>
            {
                ["businessName"] = "样例书店",
                ["principal"] = principal,
                ["address"] = "样例市样例路1号",
                ["scope"] = "图书、报刊零售",
                ["mode"] = "零售",
            },
            new Uri("http://localhost/api/status/"),
            Seal: null);

        static string Day(DateTimeOffset time) => time.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <param name="document">What is sealed.</param>
    /// <param name="sealedBy">Credit code of an organ of the same name that seals instead of the issuing authority.</param>
    public LicenseDocument Seal(LicenseDocument document, string? sealedBy = null)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var certificate = sm.IssueTo(sealedBy ?? IssuerCode, Issuer, "seal-signer", sealKey);
        var seal = SealMaking.Make(
            new SesSealInfo
            {
                EsId = "34990000000001",
                Name = Issuer,
                SignerCertificates = [certificate.GetEncoded()],
                CreatedAt = now,
                ValidFrom = now.AddMinutes(-2),
                ValidTo = now.AddDays(200),
                Picture = SealPicture.Round(Issuer),
                WidthMm = 42,
                HeightMm = 42,
            },
            makerKey,
            sm.Issue("seal-maker", makerKey));
        var signature = SealMaking.Apply(seal, sealKey, certificate, now, document.SealedDigest(), LicenseDocument.SealedProperty);
        signature = SealMaking.WithTimestamp(signature, Stamp(smTsaKey, sm, signature.Signature.Span));
        return document with { Seal = new LicenseSeal("GB/T 38540-2020", LicenseDocument.SealedProperty, Convert.ToBase64String(signature.Encoded.Span)) };
    }

    /// <param name="principal">Name of the holder.</param>
    /// <param name="signedBy">Credit code of an organ of the same name that signs the PDF instead of the issuing authority.</param>
    /// <param name="sealedBy">The same for the seal.</param>
    public byte[] Issue(string principal, string? signedBy = null, string? sealedBy = null)
    {
        var document = Seal(Document(principal), sealedBy);
        var page = PublicationBusinessLicense.Lay(document, new Uri("http://localhost:7104/v/ABCDEFGH"));
        var (x, y, diameter) = PublicationBusinessLicense.SealPlace;
        var prepared = PdfSigning.Prepare(
            PdfRenderer.Render(page, PublicationBusinessLicense.Name, DateTimeOffset.UtcNow), new SealStamp(x, y, diameter, SealPicture.Round(Issuer, "测试")), page.HeightMm,
            (LicenseDocument.FileName, document.ToJson()), Issuer, DateTimeOffset.UtcNow);
        var cms = CmsSignatures.CreateDetached(pdfKey, [international.IssueTo(signedBy ?? IssuerCode, Issuer, "pdf-signer", pdfKey), international.Issuing], prepared.Digest());
        return prepared.Complete(CmsSignatures.AddTimestamp(cms, Stamp(tsaKey, international, CmsSignatures.SignatureValue(cms))));
    }

    public void Dispose()
    {
        international.Dispose();
        sm.Dispose();
        foreach (var key in new[] { pdfKey, tsaKey, smTsaKey, sealKey, makerKey })
        {
            key.Dispose();
        }
    }

    private static byte[] Stamp(SoftwareSigner key, TestPki pki, ReadOnlySpan<byte> data)
    {
        var authority = new TimestampAuthority(key, [pki.Issue("tsa", key), pki.Issuing], TimeProvider.System);
        var query = new TimeStampReq(new MessageImprint(key.Suite.DigestAlgorithm(), key.Suite.Hash(data)), null, null, DerBoolean.True, null);
        return TimeStampResp.GetInstance(authority.Answer(query.GetDerEncoded())).TimeStampToken.GetDerEncoded();
    }

    private static TrustBundle Merge(TrustBundle a, TrustBundle b) =>
        a with { Anchors = [.. a.Anchors, .. b.Anchors], Intermediates = [.. a.Intermediates, .. b.Intermediates], Crls = [.. a.Crls, .. b.Crls] };
}
