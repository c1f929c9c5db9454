using System.Diagnostics;
using Yinxin.License.Documents;
using Yinxin.License.Layout;
using Yinxin.License.Rendering;
using Yinxin.License.Signing;

namespace Yinxin.License.Server.Features.Issue;

/// <summary>A document on its way through sealing, rendering and signing; each part is a span of the trace.</summary>
internal sealed class SealedDocument(SealClient seals, SealClient.SealInfo seal, LicenseDocument document, Uri verificationUrl, DateTimeOffset now)
{
    public static readonly ActivitySource Activities = new("Yinxin.License.Issue");

    public async Task<(LicenseDocument Document, byte[] Pdf)> MakeAsync(CancellationToken cancellationToken)
    {
        var identifier = document.Metadata.CertificateIdentifier;
        var issuer = document.Metadata.CertificateIssuingAuthorityCode;
        SealClient.Sealing sealing;
        using (Activities.StartActivity("seal"))
        {
            sealing = await seals.ApplyAsync(
                issuer,
                seal.EsId,
                new { sesData = Convert.ToBase64String(document.SealedDigest()), sesProperty = LicenseDocument.SealedProperty, purpose = "license.issue", documentName = identifier },
                identifier + "/ses",
                cancellationToken);
        }

        var complete = document with { Seal = new LicenseSeal("GB/T 38540-2020", LicenseDocument.SealedProperty, sealing.SesSignature ?? throw new HttpRequestException("Seal answered without a signature.")) };
        PreparedPdf prepared;
        using (Activities.StartActivity("render"))
        {
            var page = PublicationBusinessLicense.Lay(complete, verificationUrl);
            prepared = PdfSigning.Prepare(
                PdfRenderer.Render(page, complete.Metadata.CertificateName, now), seal.Stamp, page.HeightMm,
                (LicenseDocument.FileName, complete.ToJson()), complete.Metadata.CertificateIssuingAuthorityName, now);
        }

        using (Activities.StartActivity("sign"))
        {
            var signing = await seals.ApplyAsync(
                issuer, seal.EsId, new { pdfDigest = Convert.ToBase64String(prepared.Digest()), purpose = "license.issue", documentName = identifier }, identifier + "/pdf", cancellationToken);
            return (complete, prepared.Complete(Convert.FromBase64String(signing.Cms ?? throw new HttpRequestException("Seal answered without a signature."))));
        }
    }
}
